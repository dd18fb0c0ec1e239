using System.Data.Common;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Where recorded predictions are read: PostgreSQL, or one SQLite file. Also where nothing is written.</summary>
internal interface IRecordsSource
{
    /// <summary>How its SQL says what the engines say differently.</summary>
    RecordsSql Sql { get; }

    /// <summary>Reads on a connection of its own.</summary>
    /// <param name="read">Reads. It may be called a second time, so it must only read, and start from the beginning.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken);
}
