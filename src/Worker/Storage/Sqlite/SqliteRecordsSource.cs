using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Coinsphere.Messaging.Worker.Storage.Sqlite;

/// <summary>Records that are read from a file, whoever writes it.</summary>
internal sealed class SqliteRecordsSource(RecordsFile file) : IRecordsSource
{
    public RecordsSql Sql => RecordsSql.Sqlite;

    /// <exception cref="RecordsFileException">The file cannot be read.</exception>
    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = file.OpenToRead();
            return await read(connection);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new RecordsFileException(RecordsFileFaults.Describe(file.Name, failure), failure);
        }
    }
}
