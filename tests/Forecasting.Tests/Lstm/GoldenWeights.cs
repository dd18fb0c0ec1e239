using System.IO.Compression;
using System.Runtime.InteropServices;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Tests.Lstm;

/// <summary>The weights of Golden/X_best.pth: its storages data/0, data/1, ... are the state dict's tensors in order.</summary>
internal static class GoldenWeights
{
    private const int Inputs = 20;
    private const int Middle = 16;
    private const int Classes = 3;

    public static CryptoLstmWeights Read(string name, IReadOnlyList<int> hiddenSizes)
    {
        using var zip = ZipFile.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}_best.pth"));
        var next = 0;
        float[] Take(int expected)
        {
            var entry = zip.GetEntry($"{name}_best/data/{next++}")!;
            Assert.Equal(expected * sizeof(float), entry.Length);
            var bytes = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(bytes);
            return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        }

        var layers = new List<LstmLayerWeights>();
        var width = Inputs;
        foreach (var hidden in hiddenSizes)
        {
            layers.Add(new(width, hidden, Take(4 * hidden * width), Take(4 * hidden * hidden), Take(4 * hidden), Take(4 * hidden)));
            width = hidden;
        }

        return new(layers, new(width, Middle, Take(Middle * width), Take(Middle)), new(Middle, Classes, Take(Classes * Middle), Take(Classes)));
    }
}
