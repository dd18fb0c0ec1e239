using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Converts <c>DATABASE_URL</c> to an Npgsql connection string. It takes URLs as managed hosts, poolers, libpq, JDBC and ORMs write them, libpq's
/// <c>key=value</c> pairs with spaces between them, and Npgsql's own pairs with semicolons, which are used unchanged.
/// </summary>
internal static class DatabaseUrl
{
    /// <summary>
    /// False where the text has none of these forms, or asks for something that Npgsql does not do. The fault says why and repeats no part of the text, since
    /// it contains a password.
    /// </summary>
    public static bool TryConvert(
        string text, [NotNullWhen(true)] out NpgsqlConnectionStringBuilder? connection, [NotNullWhen(false)] out string? fault)
    {
        connection = null;
        try
        {
            connection = Convert(text.Trim());
            fault = null;
            return true;
        }
        catch (DatabaseUrlException refusal)
        {
            fault = refusal.Message;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            // Npgsql's own message may quote parts of the text, and so a badly escaped password.
            fault = "Npgsql does not accept a key or a value in it";
        }

        return false;
    }

    /// <summary>The server of a connection, for people: <c>db:5432</c>, the servers where there are several, or the path of a Unix socket.</summary>
    public static string Server(NpgsqlConnectionStringBuilder connection) => connection.Host switch
    {
        { } socket when socket.StartsWith('/') && !socket.Contains(',') => $"{socket}/.s.PGSQL.{connection.Port}",
        { } hosts when hosts.Contains(',') => hosts,
        var host => $"{host}:{connection.Port}",
    };

    private static NpgsqlConnectionStringBuilder Convert(string text)
    {
        if (DatabaseTarget.IsUrl(text))
        {
            return DatabaseTarget.FromUrl(text).ToNpgsql();
        }

        if (DatabaseTarget.TryFromPairs(text) is { } target)
        {
            return target.ToNpgsql();
        }

        if (!text.Contains('='))
        {
            throw new DatabaseUrlException("it is neither a URL nor key=value pairs");
        }

        var builder = new NpgsqlConnectionStringBuilder(text);
        if (string.IsNullOrEmpty(builder.Host))
        {
            throw new DatabaseUrlException("it names no host");
        }

        // libpq's pairs with a key or a quote that is not libpq's
        return builder.Host.Any(char.IsWhiteSpace) ? throw new DatabaseUrlException("its pairs are neither libpq's nor Npgsql's") : builder;
    }
}

/// <summary>Why a database's address cannot be used, without any part of it.</summary>
internal sealed class DatabaseUrlException(string message) : Exception(message);
