using Dapper;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>A recorded act.</summary>
internal sealed record RecordedAct(DateTimeOffset At, string Who, string Act, string Symbol, string Outcome);

/// <summary>Reads recorded acts.</summary>
internal sealed class AuditReader(IRecordsSource records)
{
    private const string Sql = """
        select at, who, act, symbol, outcome from coinsphere_audit
        where @symbol = '' or symbol = @symbol
        order by at desc, id desc limit @limit
        """;

    /// <summary>The newest acts, the newest first; all symbols where it is empty.</summary>
    public Task<IReadOnlyList<RecordedAct>> ReadAsync(string symbol, int limit, CancellationToken cancellationToken) =>
        records.ReadAsync<IReadOnlyList<RecordedAct>>(
            async connection =>
            {
                var rows = await connection.QueryAsync<(long At, string Who, string Act, string Symbol, string Outcome)>(
                    new CommandDefinition(Sql, new { symbol, limit }, cancellationToken: cancellationToken));
                return [.. rows.Select(row => new RecordedAct(DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Who, row.Act, row.Symbol, row.Outcome))];
            },
            cancellationToken);
}
