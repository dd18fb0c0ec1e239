using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Storage;
using Dapper;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>
/// States and alerts in the database of records. A change counts the version of its symbol, and only whoever knows the version can count it: of two
/// workers that judge by the same states, one changes them. The alerts and what is to be delivered are written in the same transaction.
/// </summary>
internal sealed class AlertStore(IRecordsDatabase database)
{
    /// <summary>The name of the rules' version; symbols are in upper case.</summary>
    public const string RulesName = "rules";

    // Far below the limit of parameters of a statement, in every engine.
    private const int RowsTogether = 200;

    private const string VersionsSql = "select name as Name, version as Version from coinsphere_alert_versions where name = @symbol or name = 'rules'";
    private const string RulesVersionSql = "select version from coinsphere_alert_versions where name = 'rules'";

    private const string RulesSql = """
        select id as Id, symbol as Symbol, condition as Condition, threshold as Threshold, class as Class, timeframe as Timeframe,
            quiet_minutes as QuietMinutes, case when is_stopped = 0 then webhook end as Webhook
        from coinsphere_alert_rules
        """;

    private const string StatesSql = """
        select rule_id as RuleId, is_armed as IsArmed, last as Last, seen_at as SeenAt, raised_at as RaisedAt, watched_low as WatchedLow,
            watched_high as WatchedHigh, watched_from as WatchedFrom, watched_until as WatchedUntil
        from coinsphere_alert_states where symbol = @symbol
        """;

    // Locks the rules until the commit, so that none that is removed meanwhile raises an alert.
    private const string HoldRulesSql = "update coinsphere_alert_versions set version = version where name = 'rules' and version = @rules";

    private const string CountSql = "update coinsphere_alert_versions set version = version + 1 where name = @symbol and version = @version";

    private static readonly Rows StateRows = new(
        "coinsphere_alert_states",
        "symbol, rule_id, is_armed, last, seen_at, raised_at, watched_low, watched_high, watched_from, watched_until",
        """
        on conflict (symbol, rule_id) do update set is_armed = excluded.is_armed, last = excluded.last, seen_at = excluded.seen_at,
            raised_at = excluded.raised_at, watched_low = excluded.watched_low, watched_high = excluded.watched_high,
            watched_from = excluded.watched_from, watched_until = excluded.watched_until
        """);

    private static readonly Rows AlertRows = new("coinsphere_alerts", "id, rule_id, symbol, raised_at, body", "");

    private static readonly Rows DeliveryRows = new(
        "coinsphere_alert_deliveries", "alert_id, target, rule_id, state, tries, next_at, created_at, last_error", "");

    public async Task<long> RulesVersionAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(RulesVersionSql, cancellationToken: cancellationToken));
    }

    /// <summary>All rules, as they are judged by.</summary>
    public async Task<RuleSet> RulesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // The version first: rules that are newer than it are read again.
        var version = await connection.ExecuteScalarAsync<long>(new CommandDefinition(RulesVersionSql, cancellationToken: cancellationToken));
        var rows = await connection.QueryAsync<RuleRow>(new CommandDefinition(RulesSql, cancellationToken: cancellationToken));
        return new RuleSet(version, [.. rows.Select(row => row.Rule())]);
    }

    /// <summary>The versions of the rules and of a symbol's states.</summary>
    public async Task<StateVersions> VersionsAsync(string symbol, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var versions = (await connection.QueryAsync<VersionRow>(new CommandDefinition(VersionsSql, new { symbol }, cancellationToken: cancellationToken)))
            .ToDictionary(row => row.Name, row => row.Version, StringComparer.Ordinal);
        return new(versions[RulesName], versions.GetValueOrDefault(symbol));
    }

    /// <summary>What the rules remember of a symbol, by the rule's id. Read after the version that it is kept under.</summary>
    public async Task<Dictionary<string, AlertState>> StatesAsync(string symbol, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<StateRow>(new CommandDefinition(StatesSql, new { symbol }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.RuleId, row => row.State(), StringComparer.Ordinal);
    }

    /// <summary>Writes changes of a symbol's states, and the alerts that they raise.</summary>
    /// <returns>False where rules or states have changed since the versions were read. Then nothing is written.</returns>
    public async Task<bool> CommitAsync(
        string symbol, StateVersions versions, IReadOnlyCollection<AlertChange> changes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (versions.Symbol == 0)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into coinsphere_alert_versions (name, version) values (@symbol, 0) on conflict do nothing",
                new { symbol }, transaction, cancellationToken: cancellationToken));
        }

        if (await CountAsync(CountSql, new { symbol, version = versions.Symbol }) == 0 || await CountAsync(HoldRulesSql, new { rules = versions.Rules }) == 0)
        {
            return false;
        }

        var at = now.ToUnixTimeMilliseconds();
        var alerts = changes.Where(change => change.Alert is not null).ToArray();
        await StateRows.WriteAsync(connection, transaction, changes.Select(change => Values(symbol, change)), cancellationToken);
        await AlertRows.WriteAsync(
            connection, transaction,
            alerts.Select(change => (object?[])
            [
                change.Alert!.Id, change.Rule.Id, symbol, at, JsonSerializer.Serialize(change.Alert, ContractsJson.Body.Alert),
            ]),
            cancellationToken);
        await DeliveryRows.WriteAsync(
            connection, transaction,
            alerts.SelectMany(change => change.Rule.Webhook is null ? [Delivery.Bus] : new[] { Delivery.Bus, Delivery.Webhook }, (change, target) => (object?[])
            [
                change.Alert!.Id, target, change.Rule.Id, Delivery.Waiting, 0, at, at, null,
            ]),
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;

        Task<int> CountAsync(string sql, object parameters) =>
            connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
    }

    private static object?[] Values(string symbol, AlertChange change)
    {
        var state = change.State;
        return
        [
            symbol, change.Rule.Id, state.IsArmed ? 1 : 0, state.Last, state.SeenAt?.ToUnixTimeMilliseconds(), state.RaisedAt?.ToUnixTimeMilliseconds(),
            state.Watched?.Low, state.Watched?.High, Day(state.Watched?.From), Day(state.Watched?.Until),
        ];
    }

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Rows of a table, many in one statement.</summary>
    private sealed class Rows(string table, string columns, string conflict)
    {
        private readonly int _columns = columns.Split(',').Length;

        public async Task WriteAsync(DbConnection connection, DbTransaction transaction, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
        {
            foreach (var together in rows.Chunk(RowsTogether))
            {
                var places = string.Join(", ", together.Select((_, row) =>
                    $"({string.Join(", ", Enumerable.Range(row * _columns, _columns).Select(place => Text($"@p{place}")))})"));
                var parameters = new DynamicParameters();
                for (var place = 0; place < together.Length * _columns; place++)
                {
                    parameters.Add(Text($"p{place}"), together[place / _columns][place % _columns]);
                }

                await connection.ExecuteAsync(new CommandDefinition(
                    $"insert into {table} ({columns}) values {places} {conflict}", parameters, transaction, cancellationToken: cancellationToken));
            }
        }

        private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }

    private sealed record VersionRow
    {
        public required string Name { get; init; }
        public long Version { get; init; }
    }

    private sealed record StateRow
    {
        public required string RuleId { get; init; }
        public long IsArmed { get; init; }
        public string? Last { get; init; }
        public long? SeenAt { get; init; }
        public long? RaisedAt { get; init; }
        public double? WatchedLow { get; init; }
        public double? WatchedHigh { get; init; }
        public string? WatchedFrom { get; init; }
        public string? WatchedUntil { get; init; }

        public AlertState State() => new()
        {
            IsArmed = IsArmed != 0,
            Last = Last,
            SeenAt = Instant(SeenAt),
            RaisedAt = Instant(RaisedAt),
            Watched = WatchedFrom is null || WatchedUntil is null
                ? null
                : new(
                    WatchedLow ?? 0, WatchedHigh ?? 0,
                    DateOnly.ParseExact(WatchedFrom, "yyyy-MM-dd", CultureInfo.InvariantCulture),
                    DateOnly.ParseExact(WatchedUntil, "yyyy-MM-dd", CultureInfo.InvariantCulture)),
        };

        private static DateTimeOffset? Instant(long? milliseconds) =>
            milliseconds is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null;
    }
}

/// <summary>The versions that a judgement was made at.</summary>
/// <param name="Rules">How often rules were changed.</param>
/// <param name="Symbol">How often the symbol's states were changed.</param>
internal readonly record struct StateVersions(long Rules, long Symbol);

/// <summary>A changed state.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="State">Its new state.</param>
/// <param name="Alert">The alert that the change raises; null where it raises none.</param>
internal sealed record AlertChange(AlertRule Rule, AlertState State, Alert? Alert);
