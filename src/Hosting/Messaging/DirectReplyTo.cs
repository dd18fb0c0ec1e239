using System.Buffers.Text;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// RabbitMQ's direct reply-to: the broker replaces the name that a client gives by one that identifies the client's channel. A forged name closes the
/// channel of the service that replies to it (RabbitMQ 3 fails while decoding it); the request is then redelivered and does so again.
/// </summary>
public static partial class DirectReplyTo
{
    /// <summary>The name that a client gives, and the name of the exchange in addresses.</summary>
    public const string Name = "amq.rabbitmq.reply-to";

    private const byte TermFormat = 131;
    private const byte NewPid = 88;

    // Id, serial and creation of a process, four bytes each.
    private const int ProcessBytes = 12;

    /// <summary>
    /// Whether a <c>reply_to</c> was written by the broker itself: the name, a base64 Erlang process id of the node <c>reply@NUMBER</c>, and a key.
    /// </summary>
    public static bool IsValid(string? replyTo)
    {
        if (replyTo is null || Form().Match(replyTo) is not { Success: true } match)
        {
            return false;
        }

        Span<byte> term = stackalloc byte[Base64.GetMaxDecodedFromUtf8Length(match.Groups["pid"].Length)];
        if (!Convert.TryFromBase64String(match.Groups["pid"].Value, term, out var length) || length < 5)
        {
            return false;
        }

        if (NodeName(term[..length], out var process) is not { IsEmpty: false } node || process != ProcessBytes)
        {
            return false;
        }

        return node.StartsWith("reply@"u8) && node.Length is > 6 and <= 16 && !node[6..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    // The node name in the term, an atom in one of Erlang's four notations, and the number of bytes after it.
    private static ReadOnlySpan<byte> NodeName(ReadOnlySpan<byte> term, out int rest)
    {
        rest = 0;
        if (term is not [TermFormat, NewPid, var notation, ..])
        {
            return [];
        }

        var (start, length) = notation switch
        {
            (byte)'s' or (byte)'w' => (4, term[3]),
            (byte)'d' or (byte)'v' when term.Length >= 5 => (5, (term[3] << 8) | term[4]),
            _ => (0, int.MaxValue),
        };
        if (length > term.Length - start)
        {
            return [];
        }

        rest = term.Length - start - length;
        return term.Slice(start, length);
    }

    [GeneratedRegex(@"^amq\.rabbitmq\.reply-to\.(?<pid>[A-Za-z0-9+/]{8,120}={0,2})\.[A-Za-z0-9+/]{1,60}={0,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
