using System.Buffers.Binary;
using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>Reads numbers in all the forms that trainers write: Python's, NumPy scalars and arrays, tensors.</summary>
internal sealed class NumberReader(TensorStorages storages)
{
    // callers expect 20; a message may count more
    private const int MaxItems = 4096;

    /// <summary>A single number, or null where the value is not one.</summary>
    public double? One(object? value, SourceLocation place) => value switch
    {
        NumPyArray { Shape.Length: 0 } or TensorRef { Shape.Length: 0 } => Many(value, place) is [var number] ? number : null,
        NumPyScalar scalar => Items(scalar.Type, scalar.Bytes, 1) is [var number] ? number : null,
        double number => number,
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => null,
    };

    /// <summary>The numbers of a list, a tuple, or a NumPy array or tensor of at most one dimension; null where the value is none of these.</summary>
    public double[]? Many(object? value, SourceLocation place) => value switch
    {
        NumPyArray { Type: { } type, Bytes: { } bytes, Shape: [] } => Items(type, bytes, 1),
        NumPyArray { Type: { } type, Bytes: { } bytes, Shape: [<= MaxItems and var count] } => Items(type, bytes, (int)count),
        TensorRef { Shape.Length: <= 1, Count: <= MaxItems } tensor => storages.Doubles(tensor, place),
        List<object?> { Count: <= MaxItems } list => Each(list, place),
        object?[] { Length: <= MaxItems } tuple => Each(tuple, place),
        _ => null,
    };

    private double[]? Each(IReadOnlyList<object?> values, SourceLocation place)
    {
        var numbers = new double[values.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (One(values[i], place) is not { } number)
            {
                return null;
            }

            numbers[i] = number;
        }

        return numbers;
    }

    private static double[]? Items(NumPyType type, PickleBytes bytes, int count)
    {
        if (type.Code is not (['f' or 'i' or 'u' or 'b', '1' or '2' or '4' or '8'] code) || bytes.Latin1.Length != count * (code[1] - '0'))
        {
            return null;
        }

        var size = code[1] - '0';
        var numbers = new double[count];
        Span<byte> item = stackalloc byte[size];
        for (var i = 0; i < count; i++)
        {
            for (var b = 0; b < size; b++)
            {
                var character = bytes.Latin1[(i * size) + b];
                if (character > byte.MaxValue)
                {
                    return null;
                }

                item[type.BigEndian ? size - 1 - b : b] = (byte)character;
            }

            if (Number(code, item) is not { } number)
            {
                return null;
            }

            numbers[i] = number;
        }

        return numbers;
    }

    private static double? Number(string code, ReadOnlySpan<byte> item) => code switch
    {
        "f8" => BinaryPrimitives.ReadDoubleLittleEndian(item),
        "f4" => BinaryPrimitives.ReadSingleLittleEndian(item),
        "f2" => (double)BinaryPrimitives.ReadHalfLittleEndian(item),
        "i8" => BinaryPrimitives.ReadInt64LittleEndian(item),
        "i4" => BinaryPrimitives.ReadInt32LittleEndian(item),
        "i2" => BinaryPrimitives.ReadInt16LittleEndian(item),
        "i1" => (sbyte)item[0],
        "u8" => BinaryPrimitives.ReadUInt64LittleEndian(item),
        "u4" => BinaryPrimitives.ReadUInt32LittleEndian(item),
        "u2" => BinaryPrimitives.ReadUInt16LittleEndian(item),
        "u1" or "b1" => item[0],
        _ => null,
    };
}
