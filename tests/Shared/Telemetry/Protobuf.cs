using System.Buffers.Binary;
using System.Text;

namespace Coinsphere.Messaging.Tests;

/// <summary>A field of a protobuf message: its number, and its value as bytes or as a number of 64 bits.</summary>
internal readonly record struct ProtobufField(int Number, ReadOnlyMemory<byte> Bytes, ulong Bits)
{
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public string Hex => Convert.ToHexStringLower(Bytes.Span);

    public double Double => BitConverter.UInt64BitsToDouble(Bits);
}

/// <summary>As much of the protobuf wire format as OTLP uses.</summary>
internal static class Protobuf
{
    /// <summary>The message's fields in order.</summary>
    public static List<ProtobufField> Fields(this ReadOnlyMemory<byte> message)
    {
        var fields = new List<ProtobufField>();
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            var number = (int)(tag >> 3);
            fields.Add((tag & 7) switch
            {
                0 => new(number, default, Varint(ref message)),
                1 => new(number, default, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref message, 8).Span)),
                2 => new(number, Take(ref message, (int)Varint(ref message)), 0),
                5 => new(number, default, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref message, 4).Span)),
                var wire => throw new InvalidDataException($"wire type {wire} of field {number}"),
            });
        }

        return fields;
    }

    /// <summary>The fields of the messages that these fields with a number hold.</summary>
    public static IEnumerable<List<ProtobufField>> Messages(this IEnumerable<ProtobufField> fields, int number) =>
        fields.Where(field => field.Number == number).Select(field => field.Bytes.Fields());

    public static ProtobufField Field(this IEnumerable<ProtobufField> fields, int number) => fields.LastOrDefault(field => field.Number == number);

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = Take(ref message, 1).Span[0];
            value |= (part & 0x7FUL) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> message, int length)
    {
        var taken = message[..length];
        message = message[length..];
        return taken;
    }
}
