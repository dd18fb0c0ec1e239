using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Writes daily bars to <c>price_data</c>. A bar replaces every row of its UTC day, daily or hourly, so that a day is never counted twice. Writing a
/// bar again changes nothing, and a bar never replaces one that was sent later, in whatever order they arrive.
/// </summary>
internal sealed partial class PriceWriter(NpgsqlDataSource database, Tokens tokens, StoredColumns stored, SeriesChecks checks, TimeProvider time)
{
    /// <summary>The first bar with a number that its column cannot store, or null. Checks all bars before any is written.</summary>
    /// <param name="bars">Valid bars, ascending by day.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    public async ValueTask<(DateOnly Day, BarFault Fault)?> CheckAsync(ReadOnlyMemory<Bar> bars, CancellationToken cancellationToken)
    {
        var columns = new BarColumns(await stored.ReadAsync(cancellationToken));
        for (var i = 0; i < bars.Length; i++)
        {
            var bar = bars.Span[i];
            if ((i < bars.Length - 1 ? columns.Check(bar) : columns.CheckNewest(bar)) is { } fault)
            {
                return (bar.Day, fault);
            }
        }

        return null;
    }

    /// <summary>Writes valid bars of a symbol, ascending by day, in one transaction.</summary>
    /// <param name="symbol">The canonical symbol.</param>
    /// <param name="bars">At least one.</param>
    /// <param name="version">When they were sent. A day whose bar was sent later stays unchanged.</param>
    /// <param name="author">Who writes, and why stored days may change.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <exception cref="InvalidMarketDataException">
    /// The first bar's close is too far from the close before it, or stored days would change and it is no correction; nothing is written.
    /// </exception>
    public Task<WrittenBars> WriteAsync(
        string symbol, ReadOnlyMemory<Bar> bars, DateTimeOffset version, BarAuthor author, CancellationToken cancellationToken) =>
        WriteAsync(symbol, bars, version, author, isSynthetic: false, cancellationToken);

    /// <summary>The same for invented bars. The first real bar of the symbol removes them.</summary>
    /// <exception cref="InvalidMarketDataException">The database has real bars of the symbol; nothing is written.</exception>
    public Task<WrittenBars> WriteSyntheticAsync(string symbol, ReadOnlyMemory<Bar> bars, DateTimeOffset version, CancellationToken cancellationToken) =>
        WriteAsync(symbol, bars, version, author: null, isSynthetic: true, cancellationToken);

    private async Task<WrittenBars> WriteAsync(
        string symbol, ReadOnlyMemory<Bar> bars, DateTimeOffset version, BarAuthor? author, bool isSynthetic, CancellationToken cancellationToken)
    {
        var columns = new BarColumns(await stored.ReadAsync(cancellationToken));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var token = (await tokens.FindOrAddAsync(connection, [symbol], cancellationToken))[symbol];
        // One writer per token. Two that replace the same days would lock rows in different orders, and each would read the other's version too late.
        await connection.ExecuteAsync(
            new CommandDefinition("select pg_advisory_xact_lock(hashtextextended(@token, 0))", new { token }, cancellationToken: cancellationToken));
        if (isSynthetic && await connection.ExecuteScalarAsync<bool>(new CommandDefinition(HasRealSql, new { token }, cancellationToken: cancellationToken)))
        {
            throw new InvalidMarketDataException($"the bars of {symbol} are synthetic, and the database has real ones: expected a database without");
        }

        if (!isSynthetic)
        {
            await connection.ExecuteAsync(new CommandDefinition(RemoveSyntheticSql, new { token }, cancellationToken: cancellationToken));
        }

        var first = Midnight(bars.Span[0].Day);
        if (await connection.ExecuteScalarAsync<double?>(
            new CommandDefinition(CloseBeforeSql, new { token, first }, cancellationToken: cancellationToken)) is { } previous
            && checks.Jump(symbol, previous, bars.Span[0]) is { } jump)
        {
            throw new InvalidMarketDataException(jump);
        }

        if (author is not null)
        {
            await CheckStoredAsync(connection, symbol, token, bars, version, author, cancellationToken);
        }

        var runs = Runs(bars);
        if (bars.Length > 1)
        {
            await using var forget = new NpgsqlCommand(ForgetSql, connection)
            {
                Parameters =
                {
                    new("token", token), new("version", version.UtcDateTime), new("firsts", runs.Firsts), new("lasts",
                        runs.Lasts), new("lately", PostgresPriceSource.CorrectedLately),
                },
            };
            await forget.ExecuteNonQueryAsync(cancellationToken);
        }

        var written = await WriteAsync(connection, WriteSql(columns), token, bars, runs, version, isSynthetic, cancellationToken);
        if (bars.Span[^1] is { MarketCap: > 0 } newest && written.Older < bars.Length)
        {
            await UpdateTokenAsync(connection, token, newest, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return written;
    }

    private static async Task<WrittenBars> WriteAsync(
        NpgsqlConnection connection, string sql, string token, ReadOnlyMemory<Bar> bars, (DateOnly[] Firsts, DateOnly[] Lasts) runs, DateTimeOffset version,
        bool isSynthetic, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new("synthetic", isSynthetic), new("firsts", runs.Firsts), new("lasts", runs.Lasts) },
        };
        command.Parameters.AddRange(BarParameters(token, bars, version));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new WrittenBars(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3));
    }

    private static NpgsqlParameter[] BarParameters(string token, ReadOnlyMemory<Bar> bars, DateTimeOffset version) =>
    [
        new("token", token),
        new("version", version.UtcDateTime),
        new("first", NpgsqlDbType.Timestamp) { Value = Midnight(bars.Span[0].Day) },
        new("end", NpgsqlDbType.Timestamp) { Value = Midnight(bars.Span[^1].Day.AddDays(1)) },
        new("times", NpgsqlDbType.Array | NpgsqlDbType.Timestamp) { Value = Column(bars, bar => Midnight(bar.Day)) },
        new("opens", Column(bars, bar => bar.Open)),
        new("highs", Column(bars, bar => bar.High)),
        new("lows", Column(bars, bar => bar.Low)),
        new("closes", Column(bars, bar => bar.Close)),
        new("volumes", Column(bars, bar => bar.Volume)),
    ];

    private static async Task UpdateTokenAsync(NpgsqlConnection connection, string token, Bar newest, CancellationToken cancellationToken)
    {
        var after = Midnight(newest.Day.AddDays(1));
        await connection.ExecuteAsync(new CommandDefinition(
            UpdateTokenSql, new
            {
                token,
                own = Tokens.OwnIdPrefix,
                close = newest.Close,
                marketCap = newest
                .MarketCap,
                after
            }, cancellationToken: cancellationToken));
    }

    // The first and last days of runs of consecutive days. A day between runs has no bar, and its version stays.
    private static (DateOnly[] Firsts, DateOnly[] Lasts) Runs(ReadOnlyMemory<Bar> bars)
    {
        List<DateOnly> firsts = [], lasts = [];
        foreach (ref readonly var bar in bars.Span)
        {
            if (lasts.Count > 0 && lasts[^1].AddDays(1) == bar.Day)
            {
                lasts[^1] = bar.Day;
            }
            else
            {
                firsts.Add(bar.Day);
                lasts.Add(bar.Day);
            }
        }

        return ([.. firsts], [.. lasts]);
    }

    private static T[] Column<T>(ReadOnlyMemory<Bar> bars, Func<Bar, T> value)
    {
        var column = new T[bars.Length];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(bars.Span[i]);
        }

        return column;
    }

    private static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue);
}

/// <summary>
/// Counts of written bars: days without a row before, days that were different, days that were the same, and days that keep a bar sent later.
/// </summary>
internal readonly record struct WrittenBars(int Inserted, int Updated, int Unchanged, int Older = 0)
{
    public static WrittenBars operator +(WrittenBars left, WrittenBars right) =>
        new(left.Inserted + right.Inserted, left.Updated + right.Updated, left.Unchanged + right.Unchanged, left.Older + right.Older);
}
