/** What the API tells the jobs Worker through the queue. Ids make a second delivery harmless. */
export interface NoteCreated {
  id: string;
  tenant: string;
  at: string;
}
