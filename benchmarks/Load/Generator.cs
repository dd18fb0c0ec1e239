using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Coinsphere.Messaging.Load;

/// <summary>Asks over a fixed number of connections, on each the next question as soon as the one before is answered.</summary>
internal sealed class Generator(Uri gateway, int connections, Questions questions) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false, UseCookies = false })
    {
        BaseAddress = gateway,
    };

    /// <summary>Asks for so long, and returns when the last answer is there.</summary>
    public async Task<Answered> RunAsync(TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        var perConnection = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => AskAsync(start, duration))));
        var elapsed = Stopwatch.GetElapsedTime(start);
        double[] times = [.. perConnection.SelectMany(times => times)];
        Array.Sort(times);
        return new Answered(elapsed, times);
    }

    public void Dispose() => _http.Dispose();

    private async Task<List<double>> AskAsync(long start, TimeSpan duration)
    {
        var times = new List<double>(10_000);
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            var (path, body) = questions.Next();
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            // A worker that has just started, on a machine at its limit, may take longer than the default.
            request.Headers.Add("X-Deadline-Ms", "30000");
            var sent = Stopwatch.GetTimestamp();
            using var response = await _http.SendAsync(request);
            var answer = await response.Content.ReadAsByteArrayAsync();
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            // A refusal costs less than an answer, so a table with refusals in it would mean nothing.
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new MeasureException($"{path} {Encoding.UTF8.GetString(body)}: {(int)response.StatusCode} {Encoding.UTF8.GetString(answer)}");
            }
        }

        return times;
    }
}

/// <summary>What a run took, and how long each answer did: milliseconds, ascending.</summary>
internal sealed record Answered(TimeSpan Elapsed, double[] Times)
{
    public double Percentile(double share) => Times[(int)(share * (Times.Length - 1))];
}
