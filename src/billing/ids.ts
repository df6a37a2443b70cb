import { globalIds } from '../platform/graphql/global-id';

export const customerIds = globalIds('Customer', 'cus');
export const invoiceIds = globalIds('Invoice', 'inv');
export const invoiceImportIds = globalIds('InvoiceImport', 'imp');
