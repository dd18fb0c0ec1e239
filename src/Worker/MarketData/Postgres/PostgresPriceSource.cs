using System.Data;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Reads the tables <c>tokens</c> and <c>price_data</c>: hourly or daily rows, their times UTC without a zone. The rows of a UTC day become one bar:
/// first open, highest high, lowest low, last close, summed volume. Market cap is close x tokens.market_cap / tokens.current_price, or 0 where that
/// is not known. An <see cref="NpgsqlException"/> of a broken server passes through.
/// </summary>
internal sealed partial class PostgresPriceSource(NpgsqlDataSource database, SymbolCatalog catalog, TimeProvider time, TimeSpan commandTimeout) : IPriceSource
{
    // A century. A caller that wants all bars asks for more days than a timestamp can go back.
    private const int MostDays = 36_525;

    // A read-only database may get the table later.
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    private long _askedForVersions;
    private volatile bool _hasVersions;

    /// <summary>For how long after a correction a bar counts as recently corrected.</summary>
    public static TimeSpan CorrectedLately { get; } = TimeSpan.FromDays(7);

    public string Name => "postgres";

    public bool IsRemote => true;

    public async ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (!catalog.TryNormalise(symbol, out var canonical))
        {
            return null;
        }

        var before = time.LastClosedDay(lastDay).AddDays(1);
        // At most the days since the year 1.
        var days = Math.Min(Math.Min(count, MostDays), before.DayNumber);
        return await database.ReadAsync(connection => ReadWindowAsync(connection, canonical, before, days, cancellationToken), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var asked = catalog.Normalise(symbols)
            .SelectMany(canonical => catalog.NamesOf(canonical), (canonical, name) => (canonical, name)).ToArray();
        var parameters = new DynamicParameters();
        parameters.Add("symbols", Array.ConvertAll(asked, pair => pair.canonical));
        parameters.Add("names", Array.ConvertAll(asked, pair => pair.name));
        parameters.Add("now", DateTime.SpecifyKind(time.GetUtcNow().UtcDateTime, DateTimeKind.Unspecified), DbType.DateTime2);
        var rows = await database.ReadAsync(
            async connection =>
            {
                var sql = LatestSql(await HasVersionsAsync(connection, cancellationToken));
                return (await connection.QueryAsync<LatestRow>(
                    new CommandDefinition(sql, parameters, commandTimeout: CommandTimeout, cancellationToken: cancellationToken))).AsList();
            },
            cancellationToken);
        return rows.ConvertAll(row => row.Close is { } close && double.IsFinite(close) && close > 0
            ? LatestPrice.Of(row.Symbol, close, row.Time, time) with { IsSynthetic = row.IsSynthetic }
            : throw DayBars.Fault(row.Symbol, row.Time, new("close", "a positive number", row.Close ?? double.NaN)));
    }

    /// <returns>The bars of the newest days, up to that count; null where the token does not exist.</returns>
    private async Task<BarSeries?> ReadWindowAsync(
        NpgsqlConnection connection,
        string canonical,
        DateOnly before,
        int days,
        CancellationToken cancellationToken)
    {
        var from = before.AddDays(-days);
        var names = catalog.NamesOf(canonical).ToArray();
        var window = new DayBars(canonical);
        var versions = await HasVersionsAsync(connection, cancellationToken) ? new BarVersions() : null;
        if (!await ReadRowsAsync(
            connection,
            RangeSql,
            window,
            versions,
            cancellationToken,
            names,
            from.ToDateTime(TimeOnly.MinValue),
            before.ToDateTime(TimeOnly.MinValue)))
        {
            return null;
        }
        // Usually the newest days are the last calendar days. Where some are missing, older days fill the count.
        if (window.Count < days)
        {
            var earlier = new DayBars(canonical);
            await ReadRowsAsync(connection, EarlierSql, earlier, null, cancellationToken, names, from.ToDateTime(TimeOnly.MinValue), days - window.Count);
            window = earlier.Then(window);
        }

        var bars = window.ToBars();
        return new BarSeries(canonical, bars)
        {
            CorrectedDays = versions?.Corrected ?? [],
            IsSynthetic = bars.Length > 0 && versions?.LastSynthetic >= bars[0].Day,
        };
    }

    /// <returns>Whether the token exists.</returns>
    private async Task<bool> ReadRowsAsync(
        NpgsqlConnection connection, string sql, DayBars into, BarVersions? versions, CancellationToken cancellationToken, params object[] parameters)
    {
        // Both statements in one round trip.
        await using var batch = new NpgsqlBatch(connection) { Timeout = CommandTimeout };
        batch.BatchCommands.Add(Command(sql, parameters));
        if (versions is not null)
        {
            batch.BatchCommands.Add(Command(VersionsSql, [parameters[0], CorrectedLately]));
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var isThere = false;
        while (await reader.ReadAsync(cancellationToken))
        {
            isThere = true;
            if (!reader.IsDBNull(1))
            {
                into.Add(reader.GetDateTime(1), Number(2), Number(3), Number(4), Number(5), Number(6), reader.GetDouble(0));
            }
        }

        if (versions is not null && await reader.NextResultAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                versions.Add(reader.GetFieldValue<DateOnly>(0), isSynthetic: reader.GetBoolean(1));
            }
        }

        return isThere;

        // A null is not a price, and no rule accepts a NaN.
        double Number(int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);
    }

    private static NpgsqlBatchCommand Command(string sql, object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in parameters)
        {
            command.Parameters.Add(value is DateTime instant
                ? new NpgsqlParameter { Value = instant, NpgsqlDbType = NpgsqlDbType.Timestamp }
                : new NpgsqlParameter { Value = value });
        }

        return command;
    }

    // This service owns the table. A worker that only reads the original system's database may never see it.
    private async ValueTask<bool> HasVersionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var asked = Interlocked.Read(ref _askedForVersions);
        if (_hasVersions || (asked != 0 && time.GetElapsedTime(asked) < AskAgain))
        {
            return _hasVersions;
        }

        await using var command = new NpgsqlCommand(HasVersionsSql, connection) { CommandTimeout = CommandTimeout };
        _hasVersions = await command.ExecuteScalarAsync(cancellationToken) is true;
        Interlocked.Exchange(ref _askedForVersions, time.GetTimestamp());
        return _hasVersions;
    }

    private int CommandTimeout => Math.Max(1, (int)Math.Ceiling(commandTimeout.TotalSeconds));

    private sealed record LatestRow
    {
        public required string Symbol { get; init; }
        public DateTime Time { get; init; }
        public double? Close { get; init; }
        public bool IsSynthetic { get; init; }
    }

    private sealed class BarVersions
    {
        public List<DateOnly> Corrected { get; } = [];

        public DateOnly? LastSynthetic { get; private set; }

        public void Add(DateOnly lastDay, bool isSynthetic)
        {
            if (!isSynthetic)
            {
                Corrected.Add(lastDay);
            }
            else if (!(LastSynthetic >= lastDay))
            {
                LastSynthetic = lastDay;
            }
        }
    }
}
