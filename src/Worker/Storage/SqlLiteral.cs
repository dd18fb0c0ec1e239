using System.Data;
using System.Globalization;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Values as SQL literals, which take the type of their column. The original system's columns may be text or uuid, json or jsonb, with or without
/// time zone.
/// </summary>
internal static class SqlLiteral
{
    public static NpgsqlParameter Parameter(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Unknown };

    /// <summary>A value of a statement that Dapper runs, on either engine: SQLite's columns take such texts as they are, or as numbers.</summary>
    public static SqlMapper.ICustomQueryParameter Of(string value) => new Literal(value);

    public static string Text(double value) => ((decimal)value).ToString(CultureInfo.InvariantCulture);

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>What <see cref="Text(DateOnly)"/> wrote; null for null.</summary>
    public static DateOnly? Day(string? text) => text is null ? null : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed class Literal(string value) : SqlMapper.ICustomQueryParameter
    {
        public void AddParameter(IDbCommand command, string name)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            if (parameter is NpgsqlParameter postgres)
            {
                postgres.NpgsqlDbType = NpgsqlDbType.Unknown;
            }

            command.Parameters.Add(parameter);
        }
    }
}
