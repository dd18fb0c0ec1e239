using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Converts <c>DATABASE_URL</c> to an Npgsql connection string: <c>postgresql://user:password@host:port/database?sslmode=require</c>
/// (percent-encoded; <c>postgres://</c> and <c>postgresql+driver://</c> mean the same), or key=value pairs, which are used unchanged.
/// </summary>
internal static class DatabaseUrl
{
    private static readonly Dictionary<string, string> KeyByParameter = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["application_name"] = "Application Name",
        ["connect_timeout"] = "Timeout",
        ["connection_limit"] = "Maximum Pool Size",
        ["schema"] = "Search Path",
    };

    /// <summary>False where the text has neither form. The fault says why and repeats no part of the text, since it contains a password.</summary>
    public static bool TryConvert(
        string text, [NotNullWhen(true)] out NpgsqlConnectionStringBuilder? connection, [NotNullWhen(false)] out string? fault)
    {
        connection = null;
        try
        {
            fault = text.Contains("://", StringComparison.Ordinal)
                ? FromUrl(text.Trim(), out var builder)
                : FromPairs(text, out builder);
            connection = fault is null ? builder : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // Npgsql's own message may quote parts of the text, and so a badly escaped password.
            fault = "Npgsql does not accept a key or a value in it";
        }

        return connection is not null;
    }

    private static string? FromPairs(string text, out NpgsqlConnectionStringBuilder builder)
    {
        builder = new NpgsqlConnectionStringBuilder(text);
        return string.IsNullOrEmpty(builder.Host) ? "it names no host" : null;
    }

    private static string? FromUrl(string text, out NpgsqlConnectionStringBuilder builder)
    {
        builder = [];
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            return "it is not a URL (is the password percent-encoded?)";
        }

        if (url.Scheme is not ("postgres" or "postgresql") && !url.Scheme.StartsWith("postgresql+", StringComparison.Ordinal))
        {
            return "it is not a postgresql:// URL";
        }

        if (url.Host.Length == 0)
        {
            return "it names no host";
        }

        if (url.Fragment.Length > 0)
        {
            return "it contains a # (in a password write %23)";
        }

        var database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/'));
        if (database.Length == 0)
        {
            return "it names no database";
        }

        builder.Host = url.IdnHost;
        builder.Port = url.Port > 0 ? url.Port : NpgsqlConnection.DefaultPort;
        builder.Database = database;
        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        return AddParameters(url.Query, builder);
    }

    private static string? AddParameters(string query, NpgsqlConnectionStringBuilder builder)
    {
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            if (!KeyByParameter.TryGetValue(parts[0], out var key))
            {
                return $"it has a parameter that is not one of {string.Join(", ", KeyByParameter.Keys)}";
            }

            var value = Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : "");
            // libpq writes verify-full where Npgsql writes VerifyFull.
            builder[key] = key == "SSL Mode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }

        return null;
    }
}
