using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.Options;
using StandardWebhooks;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>
/// Posts to webhooks, signed by the Standard Webhooks scheme. A try takes at most ten seconds with all redirects, and reads at most 64 KB of what a
/// receiver replies. Addresses are checked at each connection, after the name is resolved.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    /// <summary>How long a try may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private const int MaxReplyBytes = 64 * 1024;
    private const int MaxRedirects = 3;
    private const int ShownCharacters = 200;

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public WebhookSender(IOptions<AlertsOptions> options, TimeProvider time)
    {
        _time = time;
        var allowPrivate = options.Value.AllowPrivate;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would connect to addresses that nobody has checked.
            UseProxy = false,
            ConnectCallback = (context, stop) => WebhookAddresses.ConnectAsync(context.DnsEndPoint, allowPrivate, stop),
            // After this a name is resolved again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = MaxReplyBytes / 1024,
            MaxResponseDrainSize = MaxReplyBytes,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Coinsphere-Webhooks", "1.0"));
    }

    /// <summary>Posts once.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="secret">What to sign with.</param>
    /// <param name="id">The message's id, equal in every try.</param>
    /// <param name="body">The message, JSON.</param>
    /// <param name="cancellationToken">Cancels the try.</param>
    public async Task<WebhookResult> PostAsync(string url, string secret, string id, string body, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var (status, error, retryAfter) = await TryPostAsync(new Uri(url), secret, id, body, limit.Token, cancellationToken);
        return new(status, error, _time.GetElapsedTime(started), retryAfter);
    }

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode? Status, string? Error, TimeSpan? RetryAfter)> TryPostAsync(
        Uri url, string secret, string id, string body, CancellationToken limited, CancellationToken cancellationToken)
    {
        HttpStatusCode? status = null;
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                using var request = Request(url, secret, id, body);
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited);
                status = response.StatusCode;
                if (response.IsSuccessStatusCode)
                {
                    // What it says does not matter.
                    return (status, null, null);
                }

                if (Redirect(response, url, redirects, out var next) is { } refused)
                {
                    return (status, refused, null);
                }

                if (next is null)
                {
                    return (status, await DescribeAsync(response, limited), RetryAfter(response.Headers.RetryAfter));
                }

                url = next;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (status, $"{url.Host} gave no whole answer within {Limit.TotalSeconds:0} seconds", null);
        }
        catch (HttpRequestException failure)
        {
            return (status, failure.InnerException is WebhookAddressException forbidden ? forbidden.Message : Shown(failure.Message), null);
        }
    }

    private HttpRequestMessage Request(Uri url, string secret, string id, string body)
    {
        var now = _time.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", new StandardWebhook(secret).Sign(id, now, body));
        return request;
    }

    // Others change a POST into a GET, or have nowhere to go.
    private static string? Redirect(HttpResponseMessage response, Uri from, int redirects, out Uri? next)
    {
        next = null;
        if (response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
        {
            return null;
        }

        if (redirects == MaxRedirects)
        {
            return $"more than {MaxRedirects} redirects";
        }

        if (response.Headers.Location is not { } location || !Uri.TryCreate(from, location, out var to) || to.Scheme is not ("http" or "https")
            || to.UserInfo.Length > 0)
        {
            return $"a redirect without an http or https URL that could be followed: {CallerText.Quoted(response.Headers.Location?.OriginalString)}";
        }

        if (from.Scheme == Uri.UriSchemeHttps && to.Scheme == Uri.UriSchemeHttp)
        {
            return "a redirect from https to http";
        }

        next = to;
        return null;
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = $"the receiver answered {(int)response.StatusCode}";
        return await ReadAsync(response, cancellationToken) is { Length: > 0 } reply ? $"{status}: {Shown(reply)}" : status;
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MaxReplyBytes];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);

    private static string Shown(string text) => CallerText.Shown(text.ReplaceLineEndings(" ").Trim(), ShownCharacters);
}

/// <summary>What became of a post.</summary>
/// <param name="Status">The last HTTP status; null where there was none.</param>
/// <param name="Error">Why it failed; null where it was accepted.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="RetryAfter">When the receiver wants to be tried again.</param>
internal sealed record WebhookResult(HttpStatusCode? Status, string? Error, TimeSpan Duration, TimeSpan? RetryAfter)
{
    /// <summary>Whether the receiver wants no more of them.</summary>
    public bool IsGone => Status == HttpStatusCode.Gone;
}
