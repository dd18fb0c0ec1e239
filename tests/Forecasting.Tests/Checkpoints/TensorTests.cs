using System.Buffers.Binary;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

public class TensorTests
{
    [Theory]
    [InlineData("FloatStorage", 4)]
    [InlineData("DoubleStorage", 8)]
    [InlineData("HalfStorage", 2)]
    [InlineData("BFloat16Storage", 2)]
    public void WeightsOfEveryFloatType_AreTheSame(string storageClass, int size)
    {
        var checkpoint = new TestCheckpoint();
        var key = 0;
        foreach (var (name, shape) in TestCheckpoint.Shapes)
        {
            var values = TestCheckpoint.Values(key, shape.Aggregate((a, b) => a * b));
            checkpoint.Storages[$"{key}"] = [.. values.SelectMany(v => Encode(storageClass, v))];
            checkpoint.Tensors[name] = new TestTensor(
                $"{key}", storageClass, values.Length, 0, TestCheckpoint.Boxed(shape), TestCheckpoint.Boxed(TestCheckpoint.Contiguous(shape))).Pickled;
            Assert.Equal(values.Length * size, checkpoint.Storages[$"{key}"].Length);
            key++;
        }

        Assert.Equal(new TestCheckpoint().Read().Digest, checkpoint.Read().Digest);
    }

    [Fact]
    public void TransposedTensor_IsReadThroughItsStrides()
    {
        var checkpoint = new TestCheckpoint();
        var values = TestCheckpoint.Values(4, 24);
        // [8, 3] stored as [3, 8]
        checkpoint.Storages["4"] = [.. Enumerable.Range(0, 24).SelectMany(i => BitConverter.GetBytes(values[(i % 8 * 3) + (i / 8)]))];
        checkpoint.Tensors["lstm2.weight_ih_l0"] = new TestTensor("4", "FloatStorage", 24, 0, [8, 3], [1, 8]).Pickled;

        Assert.Equal(new TestCheckpoint().Read().Digest, checkpoint.Read().Digest);
    }

    [Fact]
    public void TensorsInOneStorage_AreReadAtTheirOffsets()
    {
        var checkpoint = new TestCheckpoint();
        var all = new List<float> { float.NaN };
        var key = 0;
        var offsets = new List<int>();
        foreach (var (_, shape) in TestCheckpoint.Shapes)
        {
            offsets.Add(all.Count);
            all.AddRange(TestCheckpoint.Values(key++, shape.Aggregate((a, b) => a * b)));
        }

        checkpoint.Storages.Clear();
        checkpoint.Storages["0"] = [.. all.SelectMany(BitConverter.GetBytes)];
        foreach (var ((name, shape), offset) in TestCheckpoint.Shapes.Zip(offsets))
        {
            checkpoint.Tensors[name] = new TestTensor(
                "0", "FloatStorage", all.Count, offset, TestCheckpoint.Boxed(shape), TestCheckpoint.Boxed(TestCheckpoint.Contiguous(shape))).Pickled;
        }

        Assert.Equal(new TestCheckpoint().Read().Digest, checkpoint.Read().Digest);
    }

    [Fact]
    public void OptimizerState_IsNotRead()
    {
        var checkpoint = new TestCheckpoint().With("optimizer_state_dict", new Dictionary<object, object?>
        {
            // its storage is not even there, and would be too large
            ["state"] = new Dictionary<object, object?> { [0] = new TestTensor("gone", "FloatStorage", 400_000_000, 0, [400_000_000], [1]).Pickled },
        });

        Assert.Equal(new TestCheckpoint().Read().Digest, checkpoint.Read().Digest);
    }

    // offset + stride x shape beyond the storage, or no number at all
    public static TheoryData<object, object, object?[], object?[]> Outside => new()
    {
        { 12, 1, [12], [1] },
        { 12, -1, [12], [1] },
        { 12, 0, [13], [1] },
        { 12, 0, [12], [2] },
        { 12, 0, [12], [-1] },
        { 12, 0, [12], [] },
        { 12, 0, [12], [1, 1] },
        { 12, long.MaxValue, [12], [1] },
        { 12, 0, [12], [long.MaxValue] },
        { 12, 0, [long.MaxValue, long.MaxValue], [1, 1] },
        { 12, 0, [1L << 32, 1L << 32], [0, 0] },
        { 12, 0, [1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1] },
        { 12, 0, ["12"], [1] },
        { -12, 0, [12], [1] },
        { long.MaxValue, 0, [12], [1] },
    };

    [Theory]
    [MemberData(nameof(Outside))]
    public void TensorOutsideItsStorage_IsRefused(object count, object offset, object?[] shape, object?[] stride)
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Tensors["lstm1.bias_ih_l0"] = new TestTensor("2", "FloatStorage", count, offset, shape, stride).Pickled;

        Assert.StartsWith("data.pkl, offset ", checkpoint.Refused().Location, StringComparison.Ordinal);
    }

    [Fact]
    public void StorageShorterThanDeclared_IsRefused()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Storages["2"] = checkpoint.Storages["2"][..^1];

        Assert.Contains("has 47 bytes, expected 48", checkpoint.Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingStorage_IsRefused()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Storages.Remove("2");

        Assert.Contains("tensor 'lstm1.bias_ih_l0': its storage '2' is missing", checkpoint.Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightsOfIntegers_AreRefused()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Tensors["fc1.bias"] = new TestTensor("13", "IntStorage", 4, 0, [4], [1]).Pickled;

        Assert.Contains("elements of int32", checkpoint.Refused().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../0")]
    [InlineData("0/../../0")]
    [InlineData("")]
    public void StorageKeyThatIsAPath_IsRefused(string key)
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Tensors["fc1.bias"] = new TestTensor(key, "FloatStorage", 4, 0, [4], [1]).Pickled;

        Assert.Contains("a persistent id of the text 'storage'", checkpoint.Refused().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LongStorage", new byte[] { 7, 0, 0, 0, 0, 0, 0, 0 }, 7)]
    [InlineData("IntStorage", new byte[] { 254, 255, 255, 255 }, -2)]
    [InlineData("ShortStorage", new byte[] { 254, 255 }, -2)]
    [InlineData("CharStorage", new byte[] { 254 }, -2)]
    [InlineData("ByteStorage", new byte[] { 254 }, 254)]
    [InlineData("BoolStorage", new byte[] { 1 }, 1)]
    [InlineData("HalfStorage", new byte[] { 0, 0x3c }, 1)]
    public void TensorWithoutDimensions_IsANumber(string storageClass, byte[] bytes, long expected)
    {
        var checkpoint = new TestCheckpoint().With("epoch", new TestTensor("epoch", storageClass, 1, 0, [], []).Pickled);
        checkpoint.Storages["epoch"] = bytes;

        Assert.Equal(expected, checkpoint.Read().Metadata.Epoch);
    }

    private static byte[] Encode(string storageClass, float value)
    {
        var bytes = new byte[8];
        switch (storageClass)
        {
            case "DoubleStorage": BinaryPrimitives.WriteDoubleLittleEndian(bytes, value); return bytes;
            case "HalfStorage": BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)value); return bytes[..2];
            case "BFloat16Storage": BinaryPrimitives.WriteSingleLittleEndian(bytes, value); return bytes[2..4];
            default: BinaryPrimitives.WriteSingleLittleEndian(bytes, value); return bytes[..4];
        }
    }
}
