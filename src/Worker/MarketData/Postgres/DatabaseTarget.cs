using System.Globalization;
using System.Text;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>What a URL or libpq's pairs say: servers, user, password, database and parameters, each decoded.</summary>
internal sealed partial class DatabaseTarget
{
    private const string Jdbc = "jdbc:";

    private readonly List<(string Host, int? Port)> _servers = [];
    private readonly List<(string Key, string Value)> _parameters = [];
    private string? _user;
    private string? _password;
    private string? _database;

    /// <summary>A scheme before anything else: <c>://</c> may also be in a password.</summary>
    public static bool IsUrl(string text)
    {
        var end = text.IndexOf("://", StringComparison.Ordinal);
        return text.StartsWith(Jdbc, StringComparison.OrdinalIgnoreCase)
            || (end > 0 && text.AsSpan(0, end).IndexOfAnyExcept(SchemeCharacters) < 0);
    }

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-:");

    /// <summary>
    /// <c>scheme://[user[:password]@][host[:port][,...]][/database][?parameter=value[&amp;...]]</c>, percent-encoded; a host may be a socket's folder.
    /// </summary>
    public static DatabaseTarget FromUrl(string text)
    {
        var target = new DatabaseTarget();
        var isJdbc = text.StartsWith(Jdbc, StringComparison.OrdinalIgnoreCase);
        var rest = isJdbc ? text[Jdbc.Length..] : text;
        var end = rest.IndexOf("://", StringComparison.Ordinal);
        var scheme = end < 0 ? "" : rest[..end].ToLowerInvariant();
        if (scheme is not ("postgres" or "postgresql") && !scheme.StartsWith("postgresql+", StringComparison.Ordinal)
            && !scheme.StartsWith("postgres+", StringComparison.Ordinal))
        {
            throw Refuse("it is not a postgresql:// URL");
        }

        rest = rest[(end + 3)..];
        if (rest.Contains('#'))
        {
            throw Refuse("it contains a # (in a password write %23)");
        }

        var query = rest.IndexOf('?') is >= 0 and var at ? rest[(at + 1)..] : "";
        rest = query.Length > 0 || rest.EndsWith('?') ? rest[..rest.IndexOf('?')] : rest;
        var slash = rest.IndexOf('/');
        var authority = slash < 0 ? rest : rest[..slash];
        target._database = slash < 0 ? null : NullWhereEmpty(Decode(rest[(slash + 1)..].TrimEnd('/'), "database"));
        // No host contains an @, so that one in a password is no matter.
        var user = authority.LastIndexOf('@');
        if (user >= 0)
        {
            var parts = authority[..user].Split(':', 2);
            target._user = NullWhereEmpty(Decode(parts[0], "user"));
            target._password = parts.Length > 1 ? NullWhereEmpty(Decode(parts[1], "password")) : null;
        }

        target.AddServers(authority[(user + 1)..]);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            target._parameters.Add((Decode(parts[0], "parameters"), parts.Length > 1 ? Decode(parts[1], "parameters") : ""));
        }

        return target;
    }

    /// <summary>libpq's <c>host=... dbname=...</c>; null where the text is something else, such as Npgsql's pairs.</summary>
    public static DatabaseTarget? TryFromPairs(string text)
    {
        var target = new DatabaseTarget();
        var rest = text.AsSpan().TrimStart();
        while (rest.Length > 0)
        {
            var equals = rest.IndexOf('=');
            var key = equals < 0 ? "" : rest[..equals].TrimEnd().ToString();
            if (!LibpqKeys.Contains(key))
            {
                return null;
            }

            rest = rest[(equals + 1)..].TrimStart();
            // Npgsql's pairs may have the same keys, with semicolons between them
            var isQuoted = rest.StartsWith("'");
            if (ReadValue(ref rest, isQuoted) is not { } value || (!isQuoted && value.Contains(';') && key != "password"))
            {
                return null;
            }

            target._parameters.Add((key, value));
            rest = rest.TrimStart();
        }

        return target._parameters.Count > 0 ? target : null;
    }

    /// <summary>A value up to a space, or in single quotes; a backslash takes the next character as it is.</summary>
    private static string? ReadValue(ref ReadOnlySpan<char> rest, bool isQuoted)
    {
        var value = new StringBuilder();
        var i = isQuoted ? 1 : 0;
        for (; i < rest.Length && (isQuoted ? rest[i] != '\'' : !char.IsWhiteSpace(rest[i])); i++)
        {
            if (rest[i] == '\\' && ++i == rest.Length)
            {
                return null;
            }

            value.Append(rest[i]);
        }

        if (isQuoted && i == rest.Length)
        {
            return null;
        }

        rest = rest[(isQuoted ? i + 1 : i)..];
        return value.ToString();
    }

    private void AddServers(string authority)
    {
        if (authority.Length == 0)
        {
            return;
        }

        foreach (var server in authority.Split(','))
        {
            var bracket = server.LastIndexOf(']');
            var colon = server.LastIndexOf(':');
            var (host, port) = colon > bracket ? (server[..colon], server[(colon + 1)..]) : (server, "");
            if (host.StartsWith('[') && bracket != host.Length - 1 || (!host.StartsWith('[') && host.Contains(':')))
            {
                throw Refuse("a host in it is not understood (an IPv6 address needs brackets; is the password percent-encoded?)");
            }

            _servers.Add((HostName(Decode(host, "host").Trim('[', ']')), port.Length == 0 ? null : Port(port)));
        }
    }

    private static string HostName(string host)
    {
        if (host.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '@' or ',' or ';' or '?') || (host.Contains('/') && !host.StartsWith('/')))
        {
            throw Refuse("a host in it is not understood (is the password percent-encoded?)");
        }

        return host.All(char.IsAscii) ? host : new IdnMapping().GetAscii(host);
    }

    private static int Port(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
        ? port
        : throw Refuse("a port in it is not a number from 1 to 65535 (is the password percent-encoded?)");

    private static string Decode(string text, string part)
    {
        for (var at = text.IndexOf('%'); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
            {
                throw Refuse($"a % in its {part} is not followed by two hexadecimal digits (write %25 for a percent sign)");
            }
        }

        var decoded = Uri.UnescapeDataString(text);
        return decoded.Contains('\0') ? throw Refuse($"its {part} contains a zero character") : decoded;
    }

    private static string? NullWhereEmpty(string text) => text.Length == 0 ? null : text;

    private static DatabaseUrlException Refuse(string fault) => new(fault);
}
