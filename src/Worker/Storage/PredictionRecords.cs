using System.Text.Json;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Npgsql;
using static Coinsphere.Messaging.Worker.Storage.SqlLiteral;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Writes predictions to the table <c>predictions</c>. The row's id is the prediction id, so the first of equal predictions stays, and a later one computed
/// from the same inputs changes nothing. The outcome columns stay empty until the outcome is known. Rows that arrive at about the same time are committed
/// together, since a commit costs the server more than a row. An invalid row is refused alone, and a row that the server failed to write is retried alone.
/// </summary>
internal sealed class PredictionRecords(NpgsqlDataSource database, Tokens tokens, StoredColumns stored, TimeProvider time)
{
    /// <summary>
    /// The most rows of a transaction. More would not pay: each waiting row occupies a consumer of the queue, and a message wakes all idle consumers.
    /// </summary>
    public const int MaxTogether = 16;

    private const string ModelType = "lstm";

    private const string InsertSql = """
        insert into predictions (id, timeframe, predicted_price, confidence, model_version, features, created_at, expires_at, direction,
            price_at_prediction, target_price_range, confidence_score, model_type, target_date, token_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        on conflict do nothing
        """;

    // No caller waits for a row: the answer was already sent.
    private static readonly TimeSpan BatchTimeout = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private List<Row> _open = [];

    /// <param name="answer">The prediction.</param>
    /// <param name="isAlone">Whether the row gets a transaction of its own. After a failure together with others, it is not known which row the
    /// server rejected.</param>
    /// <param name="cancellationToken">Cancels the wait, not the write.</param>
    /// <returns>Whether the prediction is new, after the commit.</returns>
    public async Task<bool> AddAsync(PredictionAnswer answer, bool isAlone, CancellationToken cancellationToken)
    {
        // An invalid prediction is refused here, before it shares a transaction.
        var columns = await stored.ReadAsync(cancellationToken);
        Check(answer, columns["predictions.predicted_price"], answer.Prediction.TargetPrice);
        Check(answer, columns["predictions.price_at_prediction"], answer.Prediction.CurrentPrice);
        var row = new Row(answer.Symbol, Values(answer));
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

    private async Task CloseLaterAsync(List<Row> rows)
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

    private async Task InsertAsync(List<Row> rows)
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

    private async Task InsertTogetherAsync(List<Row> rows)
    {
        // Two workers that insert the same rows in the same order cannot deadlock.
        rows.Sort((one, other) => string.CompareOrdinal(one.Values[0], other.Values[0]));
        await using var connection = await database.OpenConnectionAsync();
        var ids = await tokens.FindOrAddAsync(connection, rows.Select(row => row.Symbol), CancellationToken.None);
        // A batch is one transaction.
        await using var batch = new NpgsqlBatch(connection);
        foreach (var row in rows)
        {
            var insert = new NpgsqlBatchCommand(InsertSql);
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

    // In the order of the statement's columns, without the token.
    private static string[] Values(PredictionAnswer answer)
    {
        var prediction = answer.Prediction;
        string[] values =
        [
            answer.PredictionId, answer.Timeframe, Text(prediction.TargetPrice), Text(prediction.ConfidenceScore), answer.ModelVersion, Features(answer),
            Text(answer.GeneratedAt), Text(answer.ExpiresAt), prediction.Direction, Text(prediction.CurrentPrice),
            JsonSerializer.Serialize(prediction.TargetPriceRange, ContractsJson.Body.PriceRange), Text(prediction.ConfidenceScore), ModelType,
            Text(answer.DataAsOf.AddDays(Timeframes.Days(answer.Timeframe))),
        ];
        // The publisher may be another program, which left values out.
        return answer.Symbol is not null && values.All(value => value is not null)
            ? values
            : throw new ArgumentException(
                $"The prediction '{answer.PredictionId}' lacks a value, expected symbol, timeframe, direction and model version.",
                nameof(answer));
    }

    /// <summary>The inputs of the prediction, as JSON.</summary>
    private static string Features(PredictionAnswer answer)
    {
        var features = new JsonObject
        {
            ["prediction_id"] = answer.PredictionId,
            ["model_digest"] = answer.ModelDigest,
            ["data_as_of"] = Text(answer.DataAsOf),
            ["data_source"] = answer.DataSource,
            ["sentiment_source"] = answer.SentimentSource,
            ["inputs_digest"] = answer.InputsDigest,
            ["kernel"] = answer.Kernel,
            ["probabilities"] = JsonSerializer.SerializeToNode(answer.Prediction.Probabilities, ContractsJson.Body.ClassProbabilities),
            ["indicators"] = JsonSerializer.SerializeToNode(answer.Indicators, ContractsJson.Body.Indicators),
        };
        // The publisher may be an older program, which knows no volatility.
        if (answer.VolatilityDigest is { } digest)
        {
            features["volatility_digest"] = digest;
            features["expected_volatility"] = answer.Prediction.ExpectedVolatility;
            features["interval"] = answer.Prediction.Interval is { } interval
                ? JsonSerializer.SerializeToNode(interval, ContractsJson.Body.PriceInterval)
                : null;
        }

        return features.ToJsonString();
    }

    private sealed record Row(string Symbol, string[] Values)
    {
        public TaskCompletionSource<bool> IsNew { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
