using System.Globalization;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Dapper;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>A stored day is evidence: only a correction changes it, and what was there stays in <c>coinsphere_corrections</c>.</summary>
internal sealed partial class PriceWriter
{
    /// <summary>
    /// The stored days that the bars would change, and their bars. Rows of hours whose day has the same prices (to 0.01 %, as columns round) are the same day.
    /// </summary>
    private static string ChangedSql(BarColumns columns) => $"""
        with {BarsCte(columns)}, days as (
            select date_trunc('day', time) as day, count(*) = 1 and bool_and(time = date_trunc('day', time)) as is_daily,
                (array_agg(open order by time))[1] as open, max(high) as high, min(low) as low, (array_agg(close order by time desc))[1] as close,
                sum(volume) as volume
            from price_data where token_id = @token and time >= @first and time < @end
            group by 1
        )
        select bars.time::date as Day, days.open::float8 as Open, days.high::float8 as High, days.low::float8 as Low, days.close::float8 as Close,
            days.volume::float8 as Volume
        from bars join days on days.day = bars.time
        where case when is_daily
            then (days.open, days.high, days.low, days.close, days.volume) is distinct from (bars.open, bars.high, bars.low, bars.close, bars.volume)
            else greatest(abs(days.open - bars.open), abs(days.high - bars.high), abs(days.low - bars.low), abs(days.close - bars.close))
                > 0.0001 * bars.close end
        order by 1
        """;

    private const string CorrectedSql = """
        insert into coinsphere_corrections (id, symbol, day, was, became, who, at, why)
        select id, @symbol, day, was, became, @who, @at, @why
        from unnest(@ids, @days, @was, @became) as changed (id, day, was, became)
        """;

    private const string CloseAfterSql = """
        select time::date as Day, close::float8 as Close from price_data where token_id = @token and time >= @end and time < @today order by time limit 1
        """;

    /// <exception cref="InvalidMarketDataException">Stored days would change, and it is no correction; or the next stored close is too far.</exception>
    private async Task CheckStoredAsync(
        NpgsqlConnection connection, string symbol, string token, ReadOnlyMemory<Bar> bars, DateTimeOffset version, BarAuthor author,
        CancellationToken cancellationToken)
    {
        var columns = new BarColumns(await stored.ReadAsync(cancellationToken));
        await using var command = new NpgsqlCommand(ChangedSql(columns), connection);
        command.Parameters.AddRange(BarParameters(token, bars, version));
        var changed = new List<Bar>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                changed.Add(new Bar(
                    reader.GetFieldValue<DateOnly>(0), reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3), reader.GetDouble(4),
                    reader.GetDouble(5)));
            }
        }

        if (author.Why is null)
        {
            if (changed is [var first, ..])
            {
                throw new InvalidMarketDataException(Contradicts(symbol, first, Of(bars, first.Day), changed.Count));
            }

            await CheckNextAsync(connection, symbol, token, bars, cancellationToken);
        }
        else if (changed.Count > 0)
        {
            await RecordAsync(connection, symbol, changed, bars, author, cancellationToken);
        }
    }

    // A new bar before a stored one: a gap that is filled. What another program wrote of days that are not over is not used, and decides nothing.
    private async Task CheckNextAsync(NpgsqlConnection connection, string symbol, string token, ReadOnlyMemory<Bar> bars, CancellationToken cancellationToken)
    {
        var last = bars.Span[^1];
        var end = Midnight(last.Day.AddDays(1));
        await using var command = new NpgsqlCommand(CloseAfterSql, connection)
        {
            Parameters = { new("token", token), new("end", end), new("today", Midnight(time.Today())) },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken))
        {
            var next = last with { Day = reader.GetFieldValue<DateOnly>(0), Close = reader.GetDouble(1) };
            if (checks.Jump(symbol, last.Close, next) is { } jump)
            {
                throw new InvalidMarketDataException(jump);
            }
        }
    }

    private async Task RecordAsync(
        NpgsqlConnection connection, string symbol, List<Bar> changed, ReadOnlyMemory<Bar> bars, BarAuthor author, CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow().ToUnixTimeMilliseconds();
        var days = changed.ConvertAll(bar => bar.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await connection.ExecuteAsync(new CommandDefinition(
            CorrectedSql,
            new
            {
                symbol,
                who = author.Who,
                at,
                why = author.Why,
                ids = changed.ConvertAll(_ => Guid.CreateVersion7().ToString("N")).ToArray(),
                days = days.ToArray(),
                was = changed.ConvertAll(bar => Json(bar)).ToArray(),
                became = changed.ConvertAll(bar => Json(Of(bars, bar.Day))).ToArray(),
            },
            cancellationToken: cancellationToken));
        var which = days.Count == 1 ? $"the bar of {days[0]}" : $"{days.Count} bars of {days[0]} to {days[^1]}";
        await connection.ExecuteAsync(new CommandDefinition(
            AuditLog.InsertSql, AuditLog.Row(new AuditEntry(author.Who, "prices corrected", symbol, $"{which}: {author.Why}"), at),
            cancellationToken: cancellationToken));
    }

    private static Bar Of(ReadOnlyMemory<Bar> bars, DateOnly day)
    {
        foreach (ref readonly var bar in bars.Span)
        {
            if (bar.Day == day)
            {
                return bar;
            }
        }

        throw new ArgumentException($"there is no bar of {day:O}", nameof(bars));
    }

    private static string Contradicts(string symbol, in Bar was, in Bar bar, int count)
    {
        var day = was.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var others = count > 1 ? $", and {count - 1} more" : "";
        return FormattableString.Invariant(
            $"the bar of {symbol} of {day} differs from the stored one (close {bar.Close:R}, stored {was.Close:R}; volume {bar.Volume:R}, stored {was.Volume:R})")
            + $"{others}: expected the same bar, or a correction with its reason (correction in the message, --correct of the command)";
    }

    private static string Json(in Bar bar) => FormattableString.Invariant(
        $$"""{"open":{{bar.Open:R}},"high":{{bar.High:R}},"low":{{bar.Low:R}},"close":{{bar.Close:R}},"volume":{{bar.Volume:R}}}""");
}
