namespace Coinsphere.Messaging.Fuzz.Tests;

/// <summary>A reader of untrusted bytes.</summary>
internal interface IFuzzTarget : IAsyncDisposable
{
    /// <summary>Valid inputs, to be changed.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Texts of the format, to be put in: a mutant of these gets further than one of noise.</summary>
    IReadOnlyList<byte[]> Tokens { get; }

    /// <summary>The time that one input may take, on a machine with other work.</summary>
    TimeSpan MaxTime => TimeSpan.FromSeconds(5);

    /// <summary>The bytes that the reader may allocate for one input; they are counted for readers that stay on one thread.</summary>
    long MaxAllocated => 200_000_000;

    /// <summary>How many kinds of outcomes there are at least: a run says little where the mutants met one refusal alone.</summary>
    int LeastOutcomes => 5;

    ValueTask StartAsync() => default;

    /// <summary>
    /// Reads one input, and says how it went: that it was read, or the refusal's text. Any exception but the reader's own refusal is a finding.
    /// </summary>
    ValueTask<string> ReadAsync(byte[] input);

    ValueTask IAsyncDisposable.DisposeAsync() => default;
}
