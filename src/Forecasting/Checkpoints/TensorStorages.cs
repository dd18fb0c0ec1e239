using System.Buffers.Binary;
using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Checkpoints.Zip;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>The storages of a checkpoint. Each is read once, when one of its tensors is first needed: tensors may share a storage.</summary>
internal sealed class TensorStorages(StoredZip zip)
{
    // the weights of MaxParameters in float64, with a margin
    private const long MaxBytes = 64L << 20;

    private readonly Dictionary<string, byte[]> _read = new(StringComparer.Ordinal);
    private long _bytesLeft = MaxBytes;

    /// <summary>A tensor's elements as float32, row-major, all of them finite.</summary>
    public float[] Floats(TensorRef tensor, SourceLocation place)
    {
        var bytes = Bytes(tensor.Storage, place);
        var type = tensor.Storage.Type;
        var floats = GC.AllocateUninitializedArray<float>((int)tensor.Count);
        var index = new long[tensor.Shape.Length];
        var element = tensor.Offset;
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = (float)Element(bytes, type, element);
            if (!float.IsFinite(floats[i]))
            {
                throw place.Refuse($"{floats[i]} at {TensorRef.Show(index)}, expected finite float32 values");
            }

            // the last dimension changes fastest
            for (var d = index.Length - 1; d >= 0; d--)
            {
                element += tensor.Stride[d];
                if (++index[d] < tensor.Shape[d])
                {
                    break;
                }

                element -= tensor.Stride[d] * index[d];
                index[d] = 0;
            }
        }

        return floats;
    }

    /// <summary>A tensor's elements in double, for the few that contain other numbers than weights.</summary>
    public double[] Doubles(TensorRef tensor, SourceLocation place)
    {
        var bytes = Bytes(tensor.Storage, place);
        var step = tensor.Stride is [var stride] ? stride : 0;
        return [.. Enumerable.Range(0, (int)tensor.Count).Select(i => Element(bytes, tensor.Storage.Type, tensor.Offset + (i * step)))];
    }

    private byte[] Bytes(StorageRef storage, SourceLocation place)
    {
        if (!_read.TryGetValue(storage.Key, out var bytes))
        {
            var entry = zip.Find($"data/{storage.Key}") ?? throw place.Refuse($"its storage '{storage.Key}' is missing, expected a zip entry for it");
            _read[storage.Key] = bytes = zip.Read(entry, _bytesLeft);
            _bytesLeft -= bytes.Length;
        }

        var need = storage.Count * storage.Type.Size();
        return bytes.Length >= need
            ? bytes
            : throw place.Refuse($"its storage '{storage.Key}' has {bytes.Length} bytes, expected {need} for {storage.Count} of {storage.Type.Name()}");
    }

    private static double Element(ReadOnlySpan<byte> bytes, TensorType type, long index)
    {
        var at = bytes[(int)(index * type.Size())..];
        return type switch
        {
            TensorType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(at),
            TensorType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(at),
            TensorType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(at),
            // the upper half of a float32
            TensorType.BFloat16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(at) << 16),
            TensorType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(at),
            TensorType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(at),
            TensorType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(at),
            TensorType.Int8 => (sbyte)at[0],
            _ => at[0],
        };
    }
}
