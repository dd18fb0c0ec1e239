using System.Globalization;
using Coinsphere.Messaging.Fuzz.Tests.Targets;

namespace Coinsphere.Messaging.Fuzz.Tests;

/// <summary>
/// Whatever untrusted bytes hold, they are read or refused, in bounded time and memory. <c>tests/fuzz SECONDS TARGET</c> runs one of them for longer. What it
/// finds is kept in <c>Findings</c>.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Func<IFuzzTarget>> Targets = new(StringComparer.Ordinal)
    {
        ["checkpoint"] = () => new CheckpointTarget(isPickle: false),
        ["pickle"] = () => new CheckpointTarget(isPickle: true),
        ["onnx"] = () => new OnnxTarget(),
        ["csv"] = () => new CsvTarget(),
        ["http"] = () => new HttpTarget(),
        ["amqp"] = () => new AmqpTarget(),
        ["cache"] = () => new CacheTarget(),
    };

    public static TheoryData<string> Names =>
        Environment.GetEnvironmentVariable("COINSPHERE_FUZZ_TARGET") is { Length: > 0 } one ? [one] : [.. Targets.Keys];

    private static TimeSpan Time => TimeSpan.FromSeconds(Number("COINSPHERE_FUZZ_SECONDS") ?? 6);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Mutants_AreReadOrRefused(string name)
    {
        // The same inputs in every run of all tests; others each time in a run of its own, and the message of a failure says which.
        var seed = Number("COINSPHERE_FUZZ_SEED") ?? (Number("COINSPHERE_FUZZ_SECONDS") is null ? 1 : Environment.TickCount);
        await using var target = Targets[name]();
        await target.StartAsync();
        output.WriteLine($"seed {seed}");
        Action<FuzzRun>? report = Number("COINSPHERE_FUZZ_SECONDS") is null ? null : progress => Console.WriteLine($"{name} {progress}");
        var run = await Task.Run(() => new Fuzzer(target, seed).RunAsync(Time, report));
        output.WriteLine($"{name} {run}");
        report?.Invoke(run);
        Assert.InRange(run.Outcomes, target.LeastOutcomes, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Finding_IsReadOrRefused(string name)
    {
        await using var target = Targets[name]();
        await target.StartAsync();
        var fuzzer = new Fuzzer(target, 0);
        var folder = Path.Join(AppContext.BaseDirectory, "Findings", name);
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            await fuzzer.ReadAsync(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
