using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>
/// Tickets for streams: a browser's EventSource and WebSocket send no headers, and a key in an address would end in logs. A ticket opens one stream within a
/// minute. It is signed with the hash of the secret of its key, so any gateway that knows the key takes it; each takes it once.
/// </summary>
internal sealed class StreamTickets(CallerTable table, TimeProvider time)
{
    public const string Parameter = "ticket";

    /// <summary>The ticket where no key is needed, so that pages ask the same way everywhere.</summary>
    public const string NoneNeeded = "none-needed";

    /// <summary>How long a ticket can be used.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(1);

    // The clocks of two gateways differ a little.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private static readonly byte[] Purpose = "coinsphere stream ticket\n"u8.ToArray();

    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);

    /// <summary>A ticket of a key; null where the key is not valid any more.</summary>
    public (string Ticket, DateTimeOffset ExpiresAt)? Issue(string keyId)
    {
        if (table.Find(keyId) is not { } known)
        {
            return null;
        }

        var expires = time.GetUtcNow() + Lasts;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{keyId}.{expires.ToUnixTimeMilliseconds()}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        return ($"{text}.{Sign(text, known.Hash)}", expires);
    }

    /// <summary>The key of a ticket that is used now for the first time; else null.</summary>
    public CallerKey? Redeem(string ticket)
    {
        if (ticket.Length > 200 || ticket.Split('.') is not [var id, var until, _, var signature]
            || !long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || table.Find(id) is not { } known)
        {
            return null;
        }

        var expected = Sign(ticket[..ticket.LastIndexOf('.')], known.Hash);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.ASCII.GetBytes(expected)))
        {
            return null;
        }

        // It is signed, so it is an instant that a gateway wrote.
        var (now, expires) = (time.GetUtcNow(), DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
        foreach (var (former, end) in _used)
        {
            if (end < now - Tolerance)
            {
                _used.TryRemove(former, out _);
            }
        }

        return expires > now - Tolerance && _used.TryAdd(ticket, expires) ? known.Key : null;
    }

    private static string Sign(string text, byte[] hash)
    {
        byte[] signed = [.. Purpose, .. Encoding.ASCII.GetBytes(text)];
        return Convert.ToHexStringLower(HMACSHA256.HashData(hash, signed));
    }
}

/// <summary>Marks an endpoint that takes a ticket instead of a key.</summary>
internal sealed record TakesTicket;
