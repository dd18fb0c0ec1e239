using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Npgsql;
using static Coinsphere.Messaging.Worker.Storage.SqlLiteral;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Writes predictions to the table <c>predictions</c> of PostgreSQL. The row's id is the prediction id, so the first of equal predictions stays, and a later
/// one computed from the same inputs changes nothing. The outcome columns stay empty until the outcome is known. Rows that arrive at about the same time
/// are committed together, since a commit costs the server more than a row. An invalid row is refused alone, and a row that the server failed to write is retried alone.
/// </summary>
internal sealed class PredictionRecords(NpgsqlDataSource database, DatabaseWrites writes, Tokens tokens, StoredColumns stored, TimeProvider time)
    : IPredictionRecords
{
    /// <summary>
    /// The most rows of a transaction. More would not pay: each waiting row occupies a consumer of the queue, and a message wakes all idle consumers.
    /// </summary>
    public const int MaxTogether = 16;

    // No caller waits for a row: the answer was already sent.
    private static readonly TimeSpan BatchTimeout = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private List<PredictionRow> _open = [];

    public Task<bool> AddAsync(PredictionAnswer answer, bool wasTried, bool isInMemory, CancellationToken cancellationToken) =>
        writes.RunAsync(Endpoints.PredictionRecords, () => AddAsync(answer, wasTried, cancellationToken), cancellationToken);

    // A row that was tried before gets a transaction of its own: after a failure together with others, it is not known which one the server rejected.
    private async Task<bool> AddAsync(PredictionAnswer answer, bool isAlone, CancellationToken cancellationToken)
    {
        // An invalid prediction is refused here, before it shares a transaction.
        var columns = await stored.ReadAsync(cancellationToken);
        Check(answer, columns["predictions.predicted_price"], answer.Prediction.TargetPrice);
        Check(answer, columns["predictions.price_at_prediction"], answer.Prediction.CurrentPrice);
        var row = PredictionRow.Of(answer);
        if (isAlone)
        {
            _ = Task.Run(() => InsertAsync([row]), CancellationToken.None);
            return await row.IsNew.Task.WaitAsync(cancellationToken);
        }

        lock (_lock)
        {
            _open.Add(row);
            if (_open.Count == 1)
            {
                _ = CloseLaterAsync(_open);
            }
            else if (_open.Count == MaxTogether)
            {
                Close();
            }
        }

        return await row.IsNew.Task.WaitAsync(cancellationToken);
    }

    private static void Check(PredictionAnswer answer, StoredColumn column, double price)
    {
        if (column.Fault(price) is { } expected)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"The prediction '{answer.PredictionId}' of {answer.Symbol} is not recorded: its price is {price:R}, expected {expected}"), nameof(answer));
        }
    }

    private async Task CloseLaterAsync(List<PredictionRow> rows)
    {
        await Task.Delay(BatchTimeout, time);
        lock (_lock)
        {
            if (_open == rows)
            {
                Close();
            }
        }
    }

    private void Close()
    {
        var rows = _open;
        _open = [];
        _ = Task.Run(() => InsertAsync(rows));
    }

    private async Task InsertAsync(List<PredictionRow> rows)
    {
        try
        {
            await InsertTogetherAsync(rows);
        }
        catch (Exception fault) when (rows.Count > 1 && !DatabaseFaults.IsUnwritable(fault))
        {
            foreach (var row in rows)
            {
                await InsertAsync([row]);
            }
        }
        catch (Exception failure)
        {
            foreach (var row in rows)
            {
                row.IsNew.TrySetException(failure);
            }
        }
    }

    private async Task InsertTogetherAsync(List<PredictionRow> rows)
    {
        // Two workers that insert the same rows in the same order cannot deadlock.
        rows.Sort((one, other) => string.CompareOrdinal(one.Values[0], other.Values[0]));
        await using var connection = await database.OpenConnectionAsync();
        var ids = await tokens.FindOrAddAsync(connection, rows.Select(row => row.Symbol), CancellationToken.None);
        // A batch is one transaction.
        await using var batch = new NpgsqlBatch(connection);
        foreach (var row in rows)
        {
            var insert = new NpgsqlBatchCommand(PredictionRow.InsertSql);
            foreach (var value in row.Values.Append(ids[row.Symbol]))
            {
                insert.Parameters.Add(Parameter(value));
            }

            batch.BatchCommands.Add(insert);
        }

        await batch.ExecuteNonQueryAsync();
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].IsNew.TrySetResult(batch.BatchCommands[i].RecordsAffected == 1);
        }
    }
}
