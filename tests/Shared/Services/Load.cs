using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace Coinsphere.Messaging.Tests;

/// <summary>Callers of a gateway, each with one request at a time, every one for another symbol so that none is answered by another's.</summary>
internal sealed class Load
{
    private const int Callers = 16;

    private static int _symbols;

    private readonly ConcurrentQueue<Ended> _ended = new();
    private readonly Task _running;
    private volatile bool _isStopping;

    private Load(HttpClient http) => _running = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(http))));

    public int Count => _ended.Count;

    public static Load Start(HttpClient http) => new(http);

    /// <summary>A risk score of a symbol that nobody else asks for.</summary>
    public static async Task<Ended> AskAsync(HttpClient http, string? deadlineMs = null)
    {
        var symbol = $"S{Interlocked.Increment(ref _symbols)}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/risk-score") { Content = JsonContent.Create(new { symbol }) };
        if (deadlineMs is not null)
        {
            request.Headers.Add("X-Deadline-Ms", deadlineMs);
        }

        var started = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(request);
        return new Ended(symbol, response.StatusCode, Stopwatch.GetElapsedTime(started), await response.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until so many more have ended than now.</summary>
    public Task MoreAsync(int count)
    {
        var goal = Count + count;
        return Until.True(() => Count >= goal || _running.IsFaulted, $"{count} more answers");
    }

    /// <summary>Lets the last requests end, and tells how all of them did.</summary>
    public async Task<IReadOnlyList<Ended>> StopAsync()
    {
        _isStopping = true;
        await _running;
        return [.. _ended];
    }

    private async Task CallAsync(HttpClient http)
    {
        while (!_isStopping)
        {
            _ended.Enqueue(await AskAsync(http));
        }
    }
}

/// <summary>How a request ended.</summary>
internal sealed record Ended(string Symbol, HttpStatusCode Status, TimeSpan Took, string Body);
