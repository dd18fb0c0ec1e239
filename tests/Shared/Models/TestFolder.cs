namespace Coinsphere.Messaging.Tests;

/// <summary>A folder of prices and one of models that live as long as a test.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("worker-");
    private int _changes;

    public TestFolder()
    {
        Directory.CreateDirectory(Prices);
        Directory.CreateDirectory(Models);
    }

    public string Prices => Path.Combine(_root.FullName, "prices");

    public string Models => Path.Combine(_root.FullName, "models");

    /// <summary>Prices and checkpoint of a golden, under its own name or another.</summary>
    public TestFolder WithGolden(string name, string? symbol = null) =>
        WithPrices(symbol ?? name, Golden.PriceLines(name)).WithModel($"{symbol ?? name}_best.pth", name);

    public TestFolder WithPrices(string symbol, IEnumerable<string> lines)
    {
        Write(Path.Combine(Prices, symbol + ".csv"), path => File.WriteAllLines(path, lines));
        return this;
    }

    public TestFolder WithModel(string file, string golden)
    {
        Write(Path.Combine(Models, file), path => File.Copy(Golden.CheckpointPath(golden), path));
        return this;
    }

    /// <summary>An ONNX model: <c>gru</c>, <c>convolution</c> or <c>transformer</c>.</summary>
    public TestFolder WithOnnx(string file, string kind)
    {
        Write(Path.Combine(Models, file), path => File.Copy(Golden.OnnxPath(kind), path));
        return this;
    }

    public TestFolder WithGarbage(string file)
    {
        Write(Path.Combine(Models, file), path => File.WriteAllText(path, "no checkpoint"));
        return this;
    }

    public TestFolder DeleteModel(string file)
    {
        File.Delete(Path.Combine(Models, file));
        return this;
    }

    public void Dispose() => _root.Delete(recursive: true);

    // Moved into place whole, as whoever deploys does; each with a time of its own, which a copy would take over.
    private void Write(string path, Action<string> write)
    {
        var whole = Path.Combine(_root.FullName, "new");
        write(whole);
        File.SetLastWriteTimeUtc(whole, DateTime.UnixEpoch.AddYears(40).AddSeconds(Interlocked.Increment(ref _changes)));
        File.Move(whole, path, overwrite: true);
    }
}
