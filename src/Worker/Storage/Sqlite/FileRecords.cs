using System.Threading.Channels;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Storage.Sqlite;

/// <summary>
/// Writes predictions to the file, in the order in which they come; those that wait share a transaction. While the file cannot be written, a bounded number
/// of those waits in memory, and later ones are lost and counted. A message that a broker keeps is told to come again instead.
/// </summary>
internal sealed partial class FileRecords(SqliteRecordsDatabase database, TimeProvider time, ILogger<FileRecords> logger)
    : BackgroundService, IPredictionRecords
{
    /// <summary>The most predictions that wait to be written.</summary>
    public const int MaxWaiting = 10_000;

    private const int MaxTogether = 250;

    private const string TokenSql = "insert into tokens (id, symbol, name, blockchain) values (@id, @symbol, @symbol, 'unknown') on conflict do nothing";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly List<Waiting> _batch = [];
    private readonly OncePerMinute _lost = new(time);

    public async Task<bool> AddAsync(PredictionAnswer answer, bool wasTried, bool isInMemory, CancellationToken cancellationToken)
    {
        var row = PredictionRow.Of(answer);
        if (!_waiting.Writer.TryWrite(new Waiting(row, isInMemory)))
        {
            if (!isInMemory)
            {
                throw new RecordsFileException($"{MaxWaiting} predictions already wait to be recorded");
            }

            Lose();
            return false;
        }

        return !isInMemory && await row.IsNew.Task.WaitAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The bus has stopped before, so nothing comes any more.
        _waiting.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
        while (Take())
        {
            if (await TryWriteAsync() is null)
            {
                _batch.Clear();
            }
            else
            {
                break;
            }
        }

        var left = _batch.Count + _waiting.Reader.Count;
        for (var i = 0; i < left; i++)
        {
            Lose();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (_batch.Count > 0 || await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            Take();
            if (await TryWriteAsync() is not { } failure)
            {
                _batch.Clear();
                continue;
            }

            // What a broker keeps is delivered again.
            foreach (var waiting in _batch.Where(waiting => !waiting.IsInMemory))
            {
                waiting.Row.IsNew.TrySetException(failure);
            }

            _batch.RemoveAll(waiting => !waiting.IsInMemory);
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private bool Take()
    {
        while (_batch.Count < MaxTogether && _waiting.Reader.TryRead(out var waiting))
        {
            _batch.Add(waiting);
        }

        return _batch.Count > 0;
    }

    /// <returns>Why the batch has to be tried again; null where each row of it was written or refused.</returns>
    private async Task<Exception?> TryWriteAsync()
    {
        try
        {
            await WriteAsync(_batch.ConvertAll(waiting => waiting.Row));
            database.Written();
            return null;
        }
        catch (Exception failure) when (database.IsUnavailable(failure))
        {
            database.Report(failure);
            return failure;
        }
    }

    private async Task WriteAsync(List<PredictionRow> rows)
    {
        await using var connection = (SqliteConnection)await database.OpenAsync(CancellationToken.None);
        await using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var symbol in rows.Select(row => row.Symbol).Distinct(StringComparer.Ordinal))
        {
            connection.Execute(TokenSql, new { id = Tokens.OwnIdPrefix + symbol, symbol }, transaction);
        }

        await using var insert = connection.CreateCommand();
        (insert.CommandText, insert.Transaction) = (PredictionRow.InsertSql, transaction);
        var inserted = rows.ConvertAll(row =>
        {
            insert.Parameters.Clear();
            foreach (var (index, value) in row.Values.Append(Tokens.OwnIdPrefix + row.Symbol).Index())
            {
                insert.Parameters.AddWithValue($"${index + 1}", value);
            }

            return insert.ExecuteNonQuery();
        });
        await transaction.CommitAsync();
        foreach (var (row, count) in rows.Zip(inserted))
        {
            row.IsNew.TrySetResult(count == 1);
        }
    }

    private void Lose()
    {
        Meters.RecordLost();
        if (_lost.Count() is { } times)
        {
            LogLost(times);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Times} predictions were not recorded since the last log line: the file cannot be written")]
    private partial void LogLost(int times);

    private sealed record Waiting(PredictionRow Row, bool IsInMemory);
}
