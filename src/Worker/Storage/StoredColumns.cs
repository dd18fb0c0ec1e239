using System.Collections.Frozen;
using System.Globalization;
using Dapper;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// The types of the columns that are written to, read once from the database's catalog: tables may be the original system's or this service's, and an
/// operator may have widened a column.
/// </summary>
internal sealed class StoredColumns(NpgsqlDataSource database)
{
    // The type modifier of a numeric contains its precision and scale. A whole number has no decimals.
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

    /// <summary>The columns by <c>table.column</c>. The tables must exist.</summary>
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

/// <summary>A numeric column.</summary>
internal sealed record StoredColumn
{
    // Larger than the last digit of a price in an answer, smaller than any difference that changes an answer.
    private const double Tolerance = 1e-4;

    /// <summary><c>table.column</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The type in SQL: <c>numeric(18,8)</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Total digits; null where the column does not round.</summary>
    public int? Digits { get; init; }

    /// <summary>Digits after the point.</summary>
    public int? Decimals { get; init; }

    /// <summary>
    /// What the message says is expected, where the column would refuse the number or change it by more than 0.01 %; null where it can store the
    /// number.
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
            return string.Create(CultureInfo.InvariantCulture, $"a number that {Name} of type {Type} can store");
        }

        return Math.Abs(stored - value) > Tolerance * Math.Abs(value)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"a number that {Name} can store within 0.01 %: {Type} rounds it to {stored:R}, numeric without a scale would not")
            : null;
    }
}
