using System.Text;
using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Onnx.Protobuf;

/// <summary>
/// Reads a protobuf message field by field. It is stricter than the format: whatever two readers could interpret differently is refused, so that the
/// native reader sees nothing that was not checked.
/// </summary>
/// <param name="content">The whole file.</param>
/// <param name="start">The offset of the message.</param>
/// <param name="length">The length of the message in bytes.</param>
/// <param name="place">The place that refusals name.</param>
internal sealed class ProtoMessage(ReadOnlyMemory<byte> content, int start, int length, SourceLocation place)
{
    private const int LongestVarint = 10;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly int _end = start + length;
    private HashSet<int>? _seen;
    private int _at = start;
    private Wire _wire;

    public SourceLocation Location => place;

    /// <summary>The field that was read last.</summary>
    public int Field { get; private set; }

    private ReadOnlySpan<byte> Rest => content.Span[_at.._end];

    /// <summary>Reads the next field's number. Its value must be read before the next call.</summary>
    public bool Next()
    {
        if (_at == _end)
        {
            return false;
        }

        var tag = Varint();
        Field = tag is > 0 and < 1u << 31 ? (int)(tag >> 3) : 0;
        _wire = (Wire)(tag & 7);
        return Field > 0 && _wire is Wire.Varint or Wire.Fixed64 or Wire.Bytes or Wire.Fixed32
            ? true
            : throw place.Refuse($"a field with the tag {tag}, expected a field of ONNX");
    }

    /// <summary>Refuses a field that appears twice: one reader would use the first, another the last, a third both.</summary>
    public ProtoMessage Once()
    {
        _seen ??= [];
        return _seen.Add(Field) ? this : throw place.Refuse($"field {Field} is there twice, expected it once");
    }

    /// <summary>Refuses a field that this system does not read.</summary>
    public CheckpointException Unexpected() => place.Refuse($"field {Field}, expected none that is not known here");

    public long Int64()
    {
        Require(Wire.Varint);
        return (long)Varint();
    }

    public int Int32() =>
        Int64() is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw place.Refuse($"a number in field {Field} beyond 32 bits");

    public ReadOnlyMemory<byte> Bytes()
    {
        var (from, count) = Span();
        return content.Slice(from, count);
    }

    public string Text()
    {
        try
        {
            return Strict.GetString(Bytes().Span);
        }
        catch (DecoderFallbackException)
        {
            throw place.Refuse($"field {Field} is not UTF-8");
        }
    }

    public ProtoMessage Message(string where)
    {
        var (from, count) = Span();
        return new ProtoMessage(content, from, count, place.At(where));
    }

    /// <summary>The numbers of a repeated field, one or, where it is packed, many.</summary>
    public void Int64s(List<long> into)
    {
        if (_wire == Wire.Varint)
        {
            into.Add((long)Varint());
            return;
        }

        var (from, count) = Span();
        var packed = new ProtoMessage(content, from, count, place);
        while (packed._at < packed._end)
        {
            into.Add((long)packed.Varint());
        }
    }

    /// <summary>The bytes of a repeated field of floats or doubles, one or, where it is packed, many.</summary>
    public ReadOnlyMemory<byte> Reals(int size)
    {
        if (_wire == Wire.Bytes)
        {
            var packed = Bytes();
            return packed.Length % size == 0 ? packed : throw place.Refuse($"field {Field} has {packed.Length} bytes, expected a multiple of {size}");
        }

        Require(size == sizeof(float) ? Wire.Fixed32 : Wire.Fixed64);
        return Take(size);
    }

    public void Float()
    {
        Require(Wire.Fixed32);
        Take(sizeof(float));
    }

    private (int From, int Count) Span()
    {
        Require(Wire.Bytes);
        var count = Varint();
        var from = _at;
        return count <= (ulong)Rest.Length
            ? (from, Take((int)count).Length)
            : throw place.Refuse($"field {Field} has {count} bytes, expected at most the {Rest.Length} that are left: the file is cut off or damaged");
    }

    private ReadOnlyMemory<byte> Take(int count)
    {
        if (count > Rest.Length)
        {
            throw CutOff();
        }

        _at += count;
        return content.Slice(_at - count, count);
    }

    private void Require(Wire wire)
    {
        if (_wire != wire)
        {
            throw place.Refuse($"field {Field} is written as {_wire}, expected {wire}");
        }
    }

    private ulong Varint()
    {
        var value = 0ul;
        for (var i = 0; i < LongestVarint; i++)
        {
            if (_at == _end)
            {
                throw CutOff();
            }

            var part = content.Span[_at++];
            if (i == LongestVarint - 1 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        throw place.Refuse("a number of more than 64 bits");
    }

    private CheckpointException CutOff() => place.Refuse("it ends in the middle of a field: the file is cut off or damaged");
}
