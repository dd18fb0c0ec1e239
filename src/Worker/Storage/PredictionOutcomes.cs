using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Microsoft.Extensions.Logging;
using Npgsql;
using static Coinsphere.Messaging.Worker.Storage.SqlLiteral;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Writes the outcomes of recorded predictions: the close on the target date, whether the direction was right, and the error of the price. Rows of
/// the original system are not scored here.
/// </summary>
internal sealed partial class PredictionOutcomes(
    IPriceSource prices,
    SeriesChecks checks,
    SymbolCatalog catalog,
    TimeProvider time,
    ILogger<PredictionOutcomes> logger)
{
    private const int BatchSize = 500;

    // Ids are texts, or UUIDs in the original system's table. Compared as text they have one order, which paging needs.
    private const string DueSql = """
        select predictions.id::text, upper(tokens.symbol), predictions.timeframe, predictions.direction, predictions.predicted_price::float8,
        (predictions.features ->> 'data_as_of')::timestamp
        from predictions join tokens on tokens.id = predictions.token_id
        where predictions.outcome_calculated_at is null and predictions.target_date < $1
            and predictions.features ->> 'prediction_id' = replace(predictions.id::text, '-', '') and predictions.id::text > $2
        order by predictions.id::text
        limit $3
        """;

    // A second worker that scores the same row changes nothing.
    private const string ScoreSql = """
        update predictions set actual_price = $2, outcome_calculated_at = $3, was_correct = $4, accuracy_score = $5, price_error = $6
        where id = $1 and outcome_calculated_at is null
        """;

    /// <summary>Scores all predictions whose target date's bar has closed.</summary>
    /// <returns>How many were scored, and how many lack a bar.</returns>
    public async Task<(int Scored, int Missing)> ScoreAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (scored, missing, last) = (0, 0, "");
        while (true)
        {
            var due = await DueAsync(connection, last, cancellationToken);
            foreach (var bySymbol in due.GroupBy(prediction => prediction.Symbol, StringComparer.Ordinal))
            {
                var closes = await ClosesAsync(bySymbol.Key, [.. bySymbol], cancellationToken);
                foreach (var prediction in bySymbol)
                {
                    if (closes?.CloseOf(prediction.LastDay) is { } from && closes.CloseOf(prediction.TargetDay) is { } to)
                    {
                        scored += await WriteAsync(connection, prediction, from, to, cancellationToken);
                    }
                    else
                    {
                        missing++;
                    }
                }
            }

            if (due.Count < BatchSize)
            {
                return (scored, missing);
            }

            last = due[^1].Id;
        }
    }

    private async Task<List<Due>> DueAsync(NpgsqlConnection connection, string after, CancellationToken cancellationToken)
    {
        // A bar is closed once its day is over.
        var today = time.LastClosedDay().AddDays(1);
        await using var command = new NpgsqlCommand(DueSql, connection)
        {
            Parameters = { Parameter(Text(today)), new() { Value = after }, new() { Value = BatchSize } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<Due>();
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(new(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetDouble(4),
                DateOnly.FromDateTime(reader.GetDateTime(5))));
        }

        return due;
    }

    private async Task<Outcomes?> ClosesAsync(string name, IReadOnlyList<Due> predictions, CancellationToken cancellationToken)
    {
        var first = predictions.Min(prediction => prediction.LastDay);
        var last = predictions.Max(prediction => prediction.TargetDay);
        try
        {
            if (!catalog.TryNormalise(name, out var symbol)
                || await prices.ReadAsync(symbol, last, last.DayNumber - first.DayNumber + 1, cancellationToken) is not { } series)
            {
                return null;
            }

            // After a change of unit the price cannot be compared with the prediction.
            if (checks.Jump(series) is not { } jump)
            {
                return new Outcomes(series);
            }

            LogFaulty(name, jump);
            return null;
        }
        catch (InvalidMarketDataException fault)
        {
            LogFaulty(name, fault.Message);
            return null;
        }
    }

    private async Task<int> WriteAsync(NpgsqlConnection connection, Due prediction, double from, double to, CancellationToken cancellationToken)
    {
        var error = Math.Abs(prediction.PredictedPrice - to);
        await using var command = new NpgsqlCommand(ScoreSql, connection);
        foreach (var value in (ReadOnlySpan<string>)
        [
            prediction.Id, Text(Rounding.Price(to)), Text(time.GetUtcNow()),
            Outcome.Of(from, to).Name() == prediction.Direction
                ? "true"
                : "false", Text(Math.Max(0, Rounding.Decimals(100 * (1 - (error / to)), 2))), Text(Rounding.Price(error)),
        ])
        {
            command.Parameters.Add(Parameter(value));
        }

        try
        {
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException fault) when (DatabaseFaults.IsRefusal(fault))
        {
            // A row that the table rejects must not block the rows after it.
            LogFaulty(prediction.Symbol, $"prediction {prediction.Id}: {fault.MessageText}");
            return 0;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Predictions of {Symbol} could not be scored: {Fault}")]
    private partial void LogFaulty(string symbol, string fault);

    private sealed record Due(string Id, string Symbol, string Timeframe, string Direction, double PredictedPrice, DateOnly LastDay)
    {
        public DateOnly TargetDay => LastDay.AddDays(Timeframes.Days(Timeframe));
    }
}
