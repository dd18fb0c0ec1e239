using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Storage;
using Dapper;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>Rules, and the alerts that they raised, as callers ask for and change them.</summary>
internal sealed class AlertRuleStore(IRecordsDatabase database, IOptions<AlertsOptions> options, TimeProvider time)
{
    private const int IdBytes = 8;
    private const int SecretBytes = 32;

    // First in every change: it holds all other changes, and judgements by the rules as they were.
    internal const string CountSql = "update coinsphere_alert_versions set version = version + 1 where name = 'rules'";

    private const string RulesSql = """
        select id as Id, symbol as Symbol, condition as Condition, threshold as Threshold, class as Class, timeframe as Timeframe,
            quiet_minutes as QuietMinutes, webhook as Webhook, secret as Secret, is_stopped as IsStopped, created_at as CreatedAt
        from coinsphere_alert_rules
        """;

    private const string PutSql = """
        insert into coinsphere_alert_rules (id, symbol, condition, threshold, class, timeframe, quiet_minutes, webhook, secret, is_stopped, created_at)
        values (@Id, @Symbol, @When, @Value, @Class, @Timeframe, @QuietMinutes, @Webhook, @Secret, 0, @CreatedAt)
        on conflict (id) do update set symbol = excluded.symbol, condition = excluded.condition, threshold = excluded.threshold, class = excluded.class,
            timeframe = excluded.timeframe, quiet_minutes = excluded.quiet_minutes, webhook = excluded.webhook, secret = excluded.secret, is_stopped = 0
        """;

    private const string RetryParkedSql = """
        update coinsphere_alert_deliveries set state = 'waiting', tries = 0, next_at = @now, created_at = @now
        where rule_id = @id and target = 'webhook' and state = 'parked'
        """;

    private const string PageSql = "order by created_at, id limit @limit offset @offset";

    private const string CountsSql = """
        select rule_id as RuleId, state as State, count(*) as Number, max(last_error) as LastError
        from coinsphere_alert_deliveries where target = 'webhook' and rule_id in
        """;

    /// <summary>Makes a rule, or replaces the one of its id.</summary>
    /// <returns>The rule with its secret, where that is new; or the refusal of one too many.</returns>
    public async Task<Result<AlertRule>> PutAsync(AlertRule asked, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(CountSql, null);
        var id = asked.Id.Length > 0 ? asked.Id : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var former = await connection.QuerySingleOrDefaultAsync<RuleRow>(new CommandDefinition(
            $"{RulesSql} where id = @id", new { id }, transaction, cancellationToken: cancellationToken));
        if (former is null && await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select count(*) from coinsphere_alert_rules", transaction: transaction, cancellationToken: cancellationToken)) >= options.Value.MaxRules)
        {
            return new RequestRefused(
                RefusalReason.TooManyRules, $"there are {options.Value.MaxRules} alert rules, the most that are kept (Alerts:MaxRules): remove some first");
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        // The secret stays while the rule has a webhook.
        var secret = asked.Webhook is null ? null : asked.Secret ?? former?.Secret ?? NewSecret();
        var rule = asked with { Id = id, CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(former?.CreatedAt ?? now) };
        await ExecuteAsync(PutSql, new
        {
            rule.Id,
            rule.Symbol,
            rule.When,
            rule.Value,
            rule.Class,
            rule.Timeframe,
            rule.QuietMinutes,
            rule.Webhook,
            Secret = secret,
            CreatedAt = former?.CreatedAt ?? now,
        });
        if (former is null || !SameCondition(former.Rule(), rule))
        {
            await ExecuteAsync("delete from coinsphere_alert_states where rule_id = @id", new { id });
        }

        await ExecuteAsync(
            rule.Webhook is null
                ? "delete from coinsphere_alert_deliveries where rule_id = @id and target = 'webhook' and state <> 'delivered'"
                : RetryParkedSql,
            new { id, now });
        await transaction.CommitAsync(cancellationToken);
        return rule with { Secret = secret == former?.Secret ? null : secret };

        Task<int> ExecuteAsync(string sql, object? parameters) =>
            connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
    }

    /// <summary>Removes a rule, what it remembers, and what waits for its webhook.</summary>
    /// <returns>False where there is none.</returns>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(CountSql);
        if (await ExecuteAsync("delete from coinsphere_alert_rules where id = @id") == 0)
        {
            return false;
        }

        await ExecuteAsync("delete from coinsphere_alert_states where rule_id = @id");
        await ExecuteAsync("delete from coinsphere_alert_deliveries where rule_id = @id and target = 'webhook'");
        await transaction.CommitAsync(cancellationToken);
        return true;

        Task<int> ExecuteAsync(string sql) =>
            connection.ExecuteAsync(new CommandDefinition(sql, new { id }, transaction, cancellationToken: cancellationToken));
    }

    /// <summary>A page of rules, the oldest first, with what became of their deliveries.</summary>
    public async Task<AlertRules> ListAsync(AlertRulesRequested request, string? symbol, CancellationToken cancellationToken)
    {
        var filter = request.Id is not null ? "where id = @id" : symbol is not null ? "where symbol = @symbol or symbol = '*'" : "";
        var parameters = new { id = request.Id, symbol, limit = request.Limit, offset = request.Offset };
        await using var connection = await database.OpenAsync(cancellationToken);
        var total = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from coinsphere_alert_rules {filter}", parameters, cancellationToken: cancellationToken));
        var rows = await connection.QueryAsync<RuleRow>(new CommandDefinition(
            $"{RulesSql} {filter} {PageSql}", parameters, cancellationToken: cancellationToken));
        var counts = (await connection.QueryAsync<CountRow>(new CommandDefinition(
            $"{CountsSql} (select id from coinsphere_alert_rules {filter} {PageSql}) group by rule_id, state",
            parameters, cancellationToken: cancellationToken))).ToLookup(count => count.RuleId, StringComparer.Ordinal);
        return new AlertRules([.. rows.Select(row => Listed(row, [.. counts[row.Id]]))], total);
    }

    /// <summary>The rule of an id, its webhook's secret too; null where there is none.</summary>
    public async Task<AlertRule?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<RuleRow>(new CommandDefinition(
            $"{RulesSql} where id = @id", new { id }, cancellationToken: cancellationToken));
        return row is null ? null : row.Rule() with { Secret = row.Secret };
    }

    /// <summary>A page of raised alerts, the newest first.</summary>
    public async Task<AlertHistory> AlertsAsync(AlertsRequested request, string? symbol, CancellationToken cancellationToken)
    {
        var filter = (symbol, request.Rule) switch
        {
            (not null, not null) => "where symbol = @symbol and rule_id = @rule",
            (not null, null) => "where symbol = @symbol",
            (null, not null) => "where rule_id = @rule",
            _ => "",
        };
        var parameters = new { symbol, rule = request.Rule, limit = request.Limit, offset = request.Offset };
        await using var connection = await database.OpenAsync(cancellationToken);
        var total = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from coinsphere_alerts {filter}", parameters, cancellationToken: cancellationToken));
        var bodies = await connection.QueryAsync<string>(new CommandDefinition(
            $"select body from coinsphere_alerts {filter} order by raised_at desc, id limit @limit offset @offset",
            parameters, cancellationToken: cancellationToken));
        return new AlertHistory([.. bodies.Select(body => JsonSerializer.Deserialize(body, ContractsJson.Body.Alert)!)], total);
    }

    private static AlertRule Listed(RuleRow row, IReadOnlyList<CountRow> counts)
    {
        var rule = row.Rule();
        return rule.Webhook is null
            ? rule
            : rule with
            {
                Deliveries = new(Of(Delivery.Delivered), Of(Delivery.Waiting), Of(Delivery.Parked))
                {
                    LastError = counts.Where(count => count.State != Delivery.Delivered).Max(count => count.LastError),
                    Stopped = row.IsStopped != 0 ? true : null,
                },
            };

        long Of(string state) => counts.FirstOrDefault(count => count.State == state)?.Number ?? 0;
    }

    private static bool SameCondition(AlertRule one, AlertRule other) =>
        (one.Symbol, one.When, one.Value, one.Class, one.Timeframe) == (other.Symbol, other.When, other.Value, other.Class, other.Timeframe);

    private static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    private sealed record CountRow
    {
        public required string RuleId { get; init; }
        public required string State { get; init; }
        public long Number { get; init; }
        public string? LastError { get; init; }
    }
}
