using System.Globalization;
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

    public static string Text(double value) => ((decimal)value).ToString(CultureInfo.InvariantCulture);

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
