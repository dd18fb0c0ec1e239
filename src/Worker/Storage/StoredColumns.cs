using System.Collections.Frozen;
using System.Globalization;
using Dapper;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// What the columns hold that are written to, asked of the database's catalog once: tables may be the original system's or ours, and somebody may have widened
/// a column.
/// </summary>
internal sealed class StoredColumns(NpgsqlDataSource database)
{
    // A numeric's precision and scale as its type modifier holds them; a whole number is one without decimals.
    private const string Sql = """
        select relation.name || '.' || attname as Name, format_type(atttypid, atttypmod) as Type,
            case when atttypid = 'numeric'::regtype and atttypmod >= 4 then ((atttypmod - 4) >> 16) & 65535
                when atttypid in ('int2'::regtype, 'int4'::regtype,
                'int8'::regtype) then case atttypid when 'int2'::regtype then 4 when 'int4'::regtype then 9 else 18 end end as Digits,
            case when atttypid = 'numeric'::regtype and atttypmod >= 4 then (((atttypmod - 4) & 2047) # 1024) - 1024
                when atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) then 0 end as Decimals
        from unnest(@tables) relation (name) join pg_attribute on attrelid = to_regclass(relation.name)
        where attnum > 0 and not attisdropped
        """;

    private static readonly string[] Tables = ["price_data", "tokens", "predictions"];

    private volatile FrozenDictionary<string, StoredColumn>? _columns;

    /// <summary>The columns by <c>table.column</c>. Only where the tables are there.</summary>
    public async ValueTask<FrozenDictionary<string, StoredColumn>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_columns is { } known)
        {
            return known;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var columns = await connection.QueryAsync<StoredColumn>(new CommandDefinition(Sql, new { tables = Tables }, cancellationToken: cancellationToken));
        return _columns = columns.ToFrozenDictionary(column => column.Name, StringComparer.Ordinal);
    }
}

/// <summary>A column of numbers.</summary>
internal sealed record StoredColumn
{
    // More than a price's last digit in an answer, less than anything that an answer is decided by.
    private const double Tolerance = 1e-4;

    /// <summary><c>table.column</c>.</summary>
    public required string Name { get; init; }

    /// <summary>As SQL writes it: <c>numeric(18,8)</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Digits in all; null where the column rounds nothing.</summary>
    public int? Digits { get; init; }

    /// <summary>Digits after the point.</summary>
    public int? Decimals { get; init; }

    /// <summary>
    /// What is expected instead of a number that the column would refuse, or change by more than 0.01 % of itself; null where it holds the number.
    /// </summary>
    public string? Fault(double value)
    {
        if (Digits is not { } digits || Decimals is not { } decimals)
        {
            return null;
        }

        var power = Math.Pow(10, decimals);
        var stored = Math.Round(value * power, MidpointRounding.AwayFromZero) / power;
        if (Math.Abs(stored) >= Math.Pow(10, digits - decimals))
        {
            return string.Create(CultureInfo.InvariantCulture, $"a number that {Name} holds, which is {Type}");
        }

        return Math.Abs(stored - value) > Tolerance * Math.Abs(value)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"a number that {Name} holds within 0.01 %: {Type} makes it {stored:R}, numeric without a scale would keep it")
            : null;
    }
}
