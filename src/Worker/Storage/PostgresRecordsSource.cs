using System.Data.Common;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Records that are read from PostgreSQL.</summary>
internal sealed class PostgresRecordsSource(NpgsqlDataSource database) : IRecordsSource
{
    public RecordsSql Sql => RecordsSql.Postgres;

    public Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken) => database.ReadAsync(read, cancellationToken);
}
