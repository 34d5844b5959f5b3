/** One violation of a schema, as ajv reports it. */
export interface SchemaError {
  /** A JSON pointer to the value at fault; empty for the document itself. */
  readonly instancePath: string;
  readonly schemaPath: string;
  /** The keyword of the schema that is violated, such as `required`. */
  readonly keyword: string;
  readonly params: Record<string, unknown>;
  readonly message?: string;
}

/** A compiled schema. After a call that returned false, `errors` holds every violation. */
export interface SchemaValidator {
  (data: unknown): boolean;
  errors?: SchemaError[] | null;
}
