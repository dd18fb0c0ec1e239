using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>
/// SHA-256 over what changes an answer. In order, little-endian: a tag, the sequence length; per LSTM layer inputs, hidden units and its four arrays; fc1 and
/// fc2 as inputs, outputs, weights, bias; the scaler's kind (0 for none), mean and scale. Integers are int32, weights float32, the scaler's numbers float64.
/// Where there are calibrations: by ascending horizon its days, scale and biases, float64. Every array's length follows from the sizes before it.
/// </summary>
internal static class CheckpointDigest
{
    public static string Compute(CryptoLstmWeights weights, FeatureScaler? scaler, int sequenceLength, IReadOnlyDictionary<int, ClassCalibration>? calibrations)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("coinsphere-checkpoint-1"u8);
        Add(hash, sequenceLength);
        foreach (var layer in weights.Layers)
        {
            Add(hash, layer.Inputs);
            Add(hash, layer.Hidden);
            Add<float>(hash, layer.InputWeights, layer.RecurrentWeights, layer.InputBias, layer.RecurrentBias);
        }

        foreach (var linear in new[] { weights.Fc1, weights.Fc2 })
        {
            Add(hash, linear.Inputs);
            Add(hash, linear.Outputs);
            Add<float>(hash, linear.Weights, linear.Bias);
        }

        Add(hash, scaler?.Kind switch
        {
            null => 0,
            ScalerKind.ByName => 1,
            ScalerKind.ByPosition => 2,
            _ => 3,
        });
        if (scaler is not null)
        {
            Add<double>(hash, scaler.Mean, scaler.Scale);
        }

        foreach (var (horizon, calibration) in calibrations?.OrderBy(pair => pair.Key) ?? Enumerable.Empty<KeyValuePair<int, ClassCalibration>>())
        {
            Add(hash, horizon);
            Add<double>(hash, [calibration.Scale, .. calibration.Bias]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }

    // the bytes as they lie in memory: .NET runs this on little-endian machines
    private static void Add<T>(IncrementalHash hash, params ReadOnlySpan<T[]> arrays)
        where T : struct
    {
        foreach (var array in arrays)
        {
            hash.AppendData(MemoryMarshal.AsBytes(array.AsSpan()));
        }
    }
}
