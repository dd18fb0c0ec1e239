using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Coinsphere.Messaging.Fuzz.Tests;

/// <summary>How a run went.</summary>
internal sealed record FuzzRun(long Executions, TimeSpan Time, int Outcomes, int Corpus);

/// <summary>
/// Changes inputs and reads them. An input whose outcome is new, apart from numbers and quoted text, is changed further: a refusal of another kind was
/// made by another part of the reader.
/// </summary>
internal sealed class Fuzzer(IFuzzTarget target, int seed)
{
    private const int MaxCorpus = 5_000;
    private const int MaxOutcomes = 50_000;

    private readonly Mutator _mutator = new(seed, target.Tokens);
    private readonly List<byte[]> _corpus = [.. target.Seeds];
    private readonly HashSet<string> _outcomes = new(StringComparer.Ordinal);

    public async Task<FuzzRun> RunAsync(TimeSpan time, Action<FuzzRun>? report = null)
    {
        var started = Stopwatch.GetTimestamp();
        var reported = started;
        var executions = 0L;
        foreach (var whole in target.Seeds)
        {
            await ReadAsync(whole);
            executions++;
        }

        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var input = _mutator.Mutate(Any(), Any());
            executions++;
            if (await ReadAsync(input) && _corpus.Count < MaxCorpus)
            {
                _corpus.Add(input);
            }

            if (report is not null && Stopwatch.GetElapsedTime(reported) > TimeSpan.FromSeconds(10))
            {
                reported = Stopwatch.GetTimestamp();
                report(Now());
            }
        }

        return Now();

        FuzzRun Now() => new(executions, Stopwatch.GetElapsedTime(started), _outcomes.Count, _corpus.Count);
    }

    /// <summary>Whether the outcome is new.</summary>
    public async ValueTask<bool> ReadAsync(byte[] input)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        string outcome;
        try
        {
            outcome = await target.ReadAsync(input);
        }
        catch (Exception failure)
        {
            throw Found(input, failure.ToString());
        }

        var time = Stopwatch.GetElapsedTime(started);
        if (time > target.MaxTime)
        {
            throw Found(input, $"it took {time}, expected at most {target.MaxTime}");
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return allocated <= target.MaxAllocated
            ? _outcomes.Count < MaxOutcomes && _outcomes.Add(Kind(outcome))
            : throw Found(input, $"it allocated {allocated} bytes, expected at most {target.MaxAllocated}");
    }

    private byte[] Any() => _corpus[_mutator.Next(_corpus.Count)];

    /// <summary>The outcome without numbers and quoted text, which differ from input to input.</summary>
    private static string Kind(string outcome)
    {
        var kind = new StringBuilder(Math.Min(outcome.Length, 200));
        var quoted = false;
        foreach (var c in outcome.AsSpan(0, Math.Min(outcome.Length, 200)))
        {
            quoted ^= c == '\'';
            if (!quoted && !char.IsAsciiDigit(c))
            {
                kind.Append(c);
            }
        }

        return kind.ToString();
    }

    // Kept in the folder for temporary files; it belongs into Findings/NAME, where it becomes a test.
    private static InvalidOperationException Found(byte[] input, string what)
    {
        var path = Path.Join(Path.GetTempPath(), $"fuzz-{Convert.ToHexStringLower(SHA256.HashData(input))[..16]}.bin");
        File.WriteAllBytes(path, input);
        return new InvalidOperationException($"{path} ({input.Length} bytes): {what}");
    }
}
