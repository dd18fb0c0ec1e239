using System.Runtime.InteropServices;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Onnx.Protobuf;

namespace Coinsphere.Messaging.Onnx;

// Stored tensors: their bytes must be in the file, match their shape, and be numbers.
internal static partial class OnnxReader
{
    private const int MaxRank = 8;

    private static OnnxTensor ReadTensor(ProtoMessage tensor)
    {
        var (shape, integers, name, type) = (new List<long>(), new List<long>(), "", OnnxType.None);
        ReadOnlyMemory<byte>? raw = null;
        var (reals, realSize) = (new List<ReadOnlyMemory<byte>>(), 0);
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 1:
                    tensor.Int64s(shape);
                    break;
                case 2:
                    type = (OnnxType)tensor.Once().Int32();
                    break;
                case 4 or 10: // float_data, double_data
                    realSize = tensor.Field == 4 ? sizeof(float) : sizeof(double);
                    reals.Add(tensor.Reals(realSize));
                    break;
                case 5 or 7: // int32_data, int64_data
                    tensor.Int64s(integers);
                    break;
                case 8:
                    tensor.Once();
                    name = Name(tensor);
                    break;
                case 9:
                    raw = tensor.Once().Bytes();
                    break;
                case 12: // doc_string
                    tensor.Once().Bytes();
                    break;
                case 13:
                    throw tensor.Location.Refuse("weights in another file, expected all in this one: save it with save_as_external_data=False");
                case 14 when tensor.Once().Int64() is var location: // data_location
                    if (location != 0)
                    {
                        throw tensor.Location.Refuse("weights in another file, expected all in this one: save it with save_as_external_data=False");
                    }

                    break;
                default:
                    throw tensor.Unexpected();
            }
        }

        var place = name.Length > 0 ? tensor.Location.At($"tensor {SourceLocation.Quote(name)}") : tensor.Location;
        var size = SizeOf(type) ?? throw place.Refuse($"elements of the type {(int)type}, expected float32, float64, float16, int32, int64 or bool");
        var count = Count(shape, place);
        var stored = (raw, reals.Count, integers.Count) switch
        {
            ({ } bytes, 0, 0) => bytes.Length / (double)size,
            (null, > 0, 0) when realSize == size && type is OnnxType.Float or OnnxType.Double => reals.Sum(part => part.Length) / size,
            (null, 0, > 0) when type is OnnxType.Int32 or OnnxType.Int64 or OnnxType.Bool or OnnxType.Float16 => integers.Count,
            (null, 0, 0) => 0,
            _ => throw place.Refuse("its elements are stored in several ways or in another type, expected one way"),
        };
        if (stored != count)
        {
            throw place.Refuse($"{stored} elements, expected the {count} of its shape [{string.Join(", ", shape)}]");
        }

        if ((raw is { } all && HoldsNaN(type, all.Span)) || reals.Exists(part => HoldsNaN(type, part.Span)))
        {
            throw place.Refuse("an element is NaN, expected numbers");
        }

        return new OnnxTensor(name, type, shape);
    }

    private static long Count(List<long> shape, SourceLocation place)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            count = shape.Count <= MaxRank && size is >= 0 and <= MaxSize ? count * size : MaxSize + 1L;
            if (count > MaxSize)
            {
                throw place.Refuse($"the shape [{string.Join(", ", shape.Take(MaxRank + 1))}], expected at most {MaxRank} sizes and {MaxSize:N0} elements");
            }
        }

        return count;
    }

    private static int? SizeOf(OnnxType type) => type switch
    {
        OnnxType.Float or OnnxType.Int32 => 4,
        OnnxType.Double or OnnxType.Int64 => 8,
        OnnxType.Float16 => 2,
        OnnxType.Bool => 1,
        _ => null,
    };

    // An infinity may be a mask; a NaN has no meaning.
    private static bool HoldsNaN(OnnxType type, ReadOnlySpan<byte> bytes)
    {
        switch (type)
        {
            case OnnxType.Float:
                return AnyNaN(MemoryMarshal.Cast<byte, float>(bytes));
            case OnnxType.Double:
                return AnyNaN(MemoryMarshal.Cast<byte, double>(bytes));
            case OnnxType.Float16:
                return AnyNaN(MemoryMarshal.Cast<byte, Half>(bytes));
            default:
                return false;
        }

        static bool AnyNaN<T>(ReadOnlySpan<T> values)
            where T : System.Numerics.INumberBase<T>
        {
            foreach (var value in values)
            {
                if (T.IsNaN(value))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
