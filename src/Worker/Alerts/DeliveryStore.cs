using System.Data.Common;
using Coinsphere.Messaging.Worker.Storage;
using Dapper;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>What is to be delivered. Whoever counts a try has the delivery for <see cref="Lease"/>; after it, another worker tries.</summary>
internal sealed class DeliveryStore(IRecordsDatabase database)
{
    /// <summary>Longer than any try takes.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>The most that are read at once.</summary>
    public const int MaxTogether = 64;

    // No try is planned later than this. What is due later was planned before a clock was set back.
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(2);

    private const string DueSql = """
        select d.alert_id as AlertId, d.target as Target, d.rule_id as RuleId, d.tries as Tries, d.next_at as NextAt, d.created_at as CreatedAt,
            a.body as Body, r.webhook as Url, r.secret as Secret
        from coinsphere_alert_deliveries d join coinsphere_alerts a on a.id = d.alert_id left join coinsphere_alert_rules r on r.id = d.rule_id
        where d.state = 'waiting' and (d.next_at <= @now or d.next_at > @farthest) order by d.next_at limit @limit
        """;

    private const string LeaseSql = """
        update coinsphere_alert_deliveries set tries = tries + 1, next_at = @until
        where alert_id = @AlertId and target = @Target and state = 'waiting' and tries = @Tries and next_at = @NextAt
        """;

    // Only of the try that was counted: a later one may have another result.
    private const string EndSql = """
        update coinsphere_alert_deliveries set state = @state, next_at = @next, last_error = @error
        where alert_id = @AlertId and target = @Target and state = 'waiting' and tries = @Tries + 1
        """;

    /// <summary>What is due, the longest overdue first.</summary>
    public async Task<IReadOnlyList<Delivery>> DueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<Delivery>(new CommandDefinition(
            DueSql,
            new { now = now.ToUnixTimeMilliseconds(), farthest = (now + Farthest).ToUnixTimeMilliseconds(), limit = MaxTogether },
            cancellationToken: cancellationToken))).AsList();
    }

    /// <returns>Whether the delivery is the caller's to try, until the lease ends.</returns>
    public async Task<bool> TakeAsync(Delivery delivery, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            LeaseSql,
            new { delivery.AlertId, delivery.Target, delivery.Tries, delivery.NextAt, until = (now + Lease).ToUnixTimeMilliseconds() },
            cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>Writes the result of a try.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="state">Its new state.</param>
    /// <param name="next">When it is to be tried again, where it is.</param>
    /// <param name="error">Why it failed; null where it did not.</param>
    /// <param name="cancellationToken">Cancels the write; the delivery is tried again after the lease.</param>
    public async Task EndAsync(Delivery delivery, string state, DateTimeOffset next, string? error, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            EndSql,
            new { delivery.AlertId, delivery.Target, delivery.Tries, state, next = next.ToUnixTimeMilliseconds(), error },
            cancellationToken: cancellationToken));
    }

    /// <summary>Stops the webhook of a rule whose receiver is gone, until the rule is put again.</summary>
    public async Task StopAsync(Delivery delivery, string error, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(AlertRuleStore.CountSql, new { });
        // Not where the rule has another webhook by now.
        await ExecuteAsync("update coinsphere_alert_rules set is_stopped = 1 where id = @RuleId and webhook = @Url", new { delivery.RuleId, delivery.Url });
        await ExecuteAsync(
            "update coinsphere_alert_deliveries set state = 'parked', last_error = @error where rule_id = @RuleId and target = 'webhook' and state = 'waiting'",
            new { delivery.RuleId, error });
        await transaction.CommitAsync(cancellationToken);

        Task ExecuteAsync(string sql, object parameters) =>
            connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
    }

    /// <summary>How many deliveries are parked, and an error of one of them.</summary>
    public async Task<(long Count, string? Error)> ParkedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleAsync<ParkedRow>(new CommandDefinition(
            "select count(*) as Number, max(last_error) as LastError from coinsphere_alert_deliveries where state = 'parked'",
            cancellationToken: cancellationToken));
        return (row.Number, row.LastError);
    }

    /// <summary>Deletes alerts that were raised before a time, and their deliveries.</summary>
    public static async Task DeleteAsync(DbConnection connection, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var parameters = new { before = before.ToUnixTimeMilliseconds() };
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from coinsphere_alert_deliveries where alert_id in (select id from coinsphere_alerts where raised_at < @before)",
            parameters, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from coinsphere_alerts where raised_at < @before", parameters, cancellationToken: cancellationToken));
    }

    private sealed record ParkedRow
    {
        public long Number { get; init; }
        public string? LastError { get; init; }
    }
}
