using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Onnx.Protobuf;

namespace Coinsphere.Messaging.Onnx;

// The inputs and outputs of a graph: names, types and shapes.
internal static partial class OnnxReader
{
    private static OnnxValue ReadValue(ProtoMessage value)
    {
        var read = new OnnxValue("", OnnxType.None, null);
        while (value.Next())
        {
            switch (value.Field)
            {
                case 1:
                    value.Once();
                    read = read with { Name = Name(value) };
                    break;
                case 2:
                    read = ReadType(value.Once().Message(value.Location.Where), read);
                    break;
                case 3: // doc_string
                    value.Once().Bytes();
                    break;
                case 4: // metadata_props
                    ReadEntry(value.Message(value.Location.Where), null);
                    break;
                default:
                    throw value.Unexpected();
            }
        }

        return read;
    }

    private static OnnxValue ReadType(ProtoMessage type, OnnxValue value)
    {
        while (type.Next())
        {
            switch (type.Field)
            {
                case 1:
                    value = ReadTensorType(type.Once().Message(type.Location.Where), value);
                    break;
                case 6: // denotation
                    type.Once().Bytes();
                    break;
                default:
                    throw type.Location.Refuse($"field {type.Field} of its type, expected a tensor");
            }
        }

        return value;
    }

    private static OnnxValue ReadTensorType(ProtoMessage tensor, OnnxValue value)
    {
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 1:
                    value = value with { Type = (OnnxType)tensor.Once().Int32() };
                    break;
                case 2:
                    value = value with { Shape = ReadShape(tensor.Once().Message(tensor.Location.Where)) };
                    break;
                default:
                    throw tensor.Unexpected();
            }
        }

        return value;
    }

    private static List<long?> ReadShape(ProtoMessage shape)
    {
        var sizes = new List<long?>();
        while (shape.Next())
        {
            if (shape.Field != 1)
            {
                throw shape.Unexpected();
            }

            sizes.Add(ReadDimension(shape.Message(shape.Location.Where)));
        }

        return sizes;
    }

    private static long? ReadDimension(ProtoMessage dimension)
    {
        long? size = null;
        var isNamed = false;
        while (dimension.Next())
        {
            switch (dimension.Field)
            {
                case 1:
                    size = dimension.Once().Int64();
                    break;
                case 2: // dim_param
                    dimension.Once().Text();
                    isNamed = true;
                    break;
                case 3: // denotation
                    dimension.Once().Bytes();
                    break;
                default:
                    throw dimension.Unexpected();
            }
        }

        return size is null || !isNamed ? size : throw dimension.Location.Refuse("a size and a name in one place, expected one of them");
    }
}
