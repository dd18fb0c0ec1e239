using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Coinsphere.Messaging.Contracts;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>A source's answer: JSON with status 200 or 400. Every other answer is a <see cref="FeedUnavailableException"/>.</summary>
internal sealed class FeedReply : IDisposable
{
    /// <summary>A thousand bars are 200 kB.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private readonly JsonDocument _json;

    private FeedReply(HttpStatusCode status, JsonDocument json, DateOnly? lastClosedDay)
    {
        Status = status;
        _json = json;
        LastClosedDay = lastClosedDay;
    }

    public HttpStatusCode Status { get; }

    public JsonElement Json => _json.RootElement;

    /// <summary>The newest day that is over by the source's clock; null where it does not say the time.</summary>
    public DateOnly? LastClosedDay { get; }

    /// <summary>Asks a source.</summary>
    /// <param name="http">The source's client, which retries by itself.</param>
    /// <param name="source">The source's name in messages.</param>
    /// <param name="path">Path and query, relative to the base address.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="FeedUnavailableException">There is no JSON with status 200 or 400.</exception>
    public static async Task<FeedReply> GetAsync(HttpClient http, string source, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(path, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (Refusal(source, response) is { } refusal)
            {
                throw refusal;
            }

            return new FeedReply(
                response.StatusCode,
                Parse(source, body),
                response.Headers.Date is { } date ? DateOnly.FromDateTime(date.UtcDateTime).AddDays(-1) : null);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && failure
            is HttpRequestException or TimeoutRejectedException or BrokenCircuitException or RateLimiterRejectedException or OperationCanceledException
            or IOException)
        {
            var why = failure switch
            {
                TimeoutRejectedException or OperationCanceledException => "no answer in time",
                BrokenCircuitException => "it failed repeatedly and is left alone for a while",
                _ => failure.Message.ReplaceLineEndings(" "),
            };
            throw new FeedUnavailableException($"{source} ({http.BaseAddress}) does not answer: {why}", inner: failure);
        }
    }

    /// <exception cref="FeedUnavailableException">The text is no JSON.</exception>
    internal static JsonDocument Parse(string source, ReadOnlyMemory<byte> body) => TryParse(body) ?? throw new FeedUnavailableException(
        $"{source} answered with '{CallerText.Shown(Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 200)]), most: 60)}', which is no whole JSON: "
        + "expected bars; is there a proxy or a login page in between?");

    /// <returns>Null where the text is no JSON.</returns>
    internal static JsonDocument? TryParse(ReadOnlyMemory<byte> body)
    {
        // The parser finds a text that cannot be decoded, or half a surrogate pair, only when it is read. Answers of a market have neither.
        if (!Utf8.IsValid(body.Span) || body.Span.IndexOf("\\ud"u8) >= 0 || body.Span.IndexOf("\\uD"u8) >= 0)
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Dispose() => _json.Dispose();

    private static FeedUnavailableException? Refusal(string source, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status is 200 or 400)
        {
            return null;
        }

        var after = FeedResilience.RetryAfter(response);
        var until = after is { } wait ? string.Create(CultureInfo.InvariantCulture, $", asks to wait {Rounded(wait):c}") : "";
        return status switch
        {
            418 => new($"{source} has banned this address for too many requests (418){until}", after),
            429 => new($"{source} limits the requests of this address (429){until}", after),
            401 or 403 or 451 => new($"{source} refuses this address ({status} {response.ReasonPhrase}): use another source, or another address of it"),
            _ => new($"{source} failed ({status} {response.ReasonPhrase}){until}", after),
        };
    }

    private static TimeSpan Rounded(TimeSpan time) => TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds));
}
