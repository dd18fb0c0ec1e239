using System.ComponentModel.DataAnnotations;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>Section <c>Streaming</c>.</summary>
internal sealed class StreamingOptions
{
    public const string Section = "Streaming";

    /// <summary>The most listeners of this gateway; more are refused as overloaded.</summary>
    [Range(1, 1_000_000)]
    public int MaxListeners { get; set; } = 5_000;

    /// <summary>How often a listener gets a heartbeat. A WebSocket that answers no ping for as long is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00", ErrorMessage = "expected 00:00:00.1 to 00:05:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many events may wait for a listener that reads slowly. One more, and it is dropped.</summary>
    [Range(1, 100_000)]
    public int MaxWaiting { get; set; } = 256;

    /// <summary>How many of the newest events a listener can resume over.</summary>
    [Range(1, 1_000_000)]
    public int Window { get; set; } = 5_000;

    /// <summary>The most memory of these events, in bytes.</summary>
    [Range(1L, long.MaxValue)]
    public long WindowBytes { get; set; } = 33_554_432;
}
