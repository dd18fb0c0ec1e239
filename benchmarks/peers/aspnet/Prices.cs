using Npgsql;

namespace Coinsphere.Messaging.AspNetPeer;

internal readonly record struct Bar(double High, double Low, double Close, double Volume, double MarketCap);

/// <summary>Daily bars in PostgreSQL.</summary>
internal sealed class Prices(string connection) : IAsyncDisposable
{
    private const string Newest = """
        select high::float8, low::float8, close::float8, volume::float8, coalesce(close::float8 * market_cap::float8 / nullif(current_price::float8, 0), 0)
        from price_data join tokens on tokens.id = token_id
        where symbol = $1 and price_data.time < $2
        order by price_data.time desc limit $3
        """;

    private readonly NpgsqlDataSource _database =
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { MaxAutoPrepare = 10 });

    /// <summary>The newest bars up to a day, ascending; up to yesterday where there is none.</summary>
    public async Task<Bar[]> NewestAsync(string symbol, DateOnly? asOf, int count)
    {
        var end = asOf?.AddDays(1) ?? DateOnly.FromDateTime(DateTime.UtcNow);
        await using var command = _database.CreateCommand(Newest);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = symbol });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = end.ToDateTime(TimeOnly.MinValue) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        await using var reader = await command.ExecuteReaderAsync();
        var bars = new List<Bar>(count);
        while (await reader.ReadAsync())
        {
            bars.Add(new Bar(reader.GetDouble(0), reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3), reader.GetDouble(4)));
        }

        bars.Reverse();
        return [.. bars];
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
