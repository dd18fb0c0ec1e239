namespace Coinsphere.Messaging.Fuzz.Tests;

/// <summary>Changes an input at a few places. The same seed makes the same mutants.</summary>
internal sealed class Mutator(int seed, IReadOnlyList<byte[]> tokens)
{
    private const int MaxLength = 1 << 20;
    private const int MaxCopied = 64;

    private static readonly byte[] Edges = [0, 1, 2, 0x1f, 0x20, 0x7f, 0x80, 0xc3, 0xed, 0xfe, 0xff];

    // reproducible, which the runtime's own unseeded generator is not
    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    public byte[] Mutate(byte[] whole, byte[] other)
    {
        var bytes = new List<byte>(whole);
        for (var changes = 1 + _random.Next(4); changes > 0; changes--)
        {
            Change(bytes, other);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        var at = _random.Next(bytes.Count + 1);
        var left = bytes.Count - at;
        switch (_random.Next(12))
        {
            case 0 or 1 or 2 when left > 0:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 3 when left > 0:
                bytes[at] = Edges[_random.Next(Edges.Length)];
                break;
            case 4 when left > 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 5 when left > 0:
                bytes.RemoveRange(at, 1 + _random.Next(Math.Min(left, MaxCopied)));
                break;
            // a number of four bytes: a length or an offset
            case 6 when left >= 4:
                BitConverter.TryWriteBytes(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes)[at..], Number());
                break;
            case 7 or 8 when tokens.Count > 0:
                Insert(bytes, at, tokens[_random.Next(tokens.Count)]);
                break;
            case 9 when tokens.Count > 0 && left > 0:
                var token = tokens[_random.Next(tokens.Count)];
                bytes.RemoveRange(at, Math.Min(left, token.Length));
                Insert(bytes, at, token);
                break;
            case 10 when other.Length > 0:
                var from = _random.Next(other.Length);
                Insert(bytes, at, other.AsSpan(from, Math.Min(other.Length - from, 1 + _random.Next(MaxCopied))));
                break;
            default:
                Insert(bytes, at, [(byte)_random.Next(256)]);
                break;
        }
    }

    private int Number() => _random.Next(4) switch
    {
        0 => _random.Next(-2, 3),
        1 => int.MaxValue - _random.Next(3),
        2 => 1 << _random.Next(31),
        _ => _random.Next(),
    };

    private static void Insert(List<byte> bytes, int at, ReadOnlySpan<byte> added)
    {
        if (bytes.Count + added.Length <= MaxLength)
        {
            bytes.InsertRange(at, added);
        }
    }
}
