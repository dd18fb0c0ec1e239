namespace Coinsphere.Messaging.Worker.Storage.Sqlite;

/// <summary>The file of records cannot be used; the message says why, and what to do.</summary>
internal sealed class RecordsFileException(string message, Exception? cause = null) : IOException(message, cause);
