using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Coinsphere.Messaging.Fuzz.Tests.Targets;

/// <summary>A request's line and body: the first line is the method and the path, the rest the body, as the program serves it without a socket.</summary>
internal sealed class HttpTarget : IFuzzTarget
{
    private TestService? _service;
    private HttpClient? _client;

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            "POST /predict\n{\"symbol\":\"DELTA\",\"timeframe\":\"7d\",\"asOf\":\"2024-06-30\"}",
            "POST /predict/ensemble\n{\"symbol\":\"DELTA\",\"timeframe\":\"14d\",\"ensemble_method\":\"mean\",\"min_confidence\":0.3}",
            "POST /predict/batch\n{\"symbols\":[\"DELTA\",\"BTC\"],\"timeframe\":\"7d\"}",
            "POST /risk-score\n{\"symbol\":\"DELTA\"}",
            "POST /risk-score/batch\n{\"symbols\":[\"DELTA\",\"DOGE\"]}",
            "POST /risk-score/portfolio\n{\"holdings\":[{\"symbol\":\"DELTA\",\"weight\":0.5},{\"symbol\":\"BTC\",\"weight\":0.5}]}",
            "POST /api/v1/alerts/rules\n{\"name\":\"fall\",\"symbol\":\"DELTA\",\"condition\":\"price_below\",\"threshold\":1}",
            "GET /api/v1/predictions/DELTA?timeframe=7d&asOf=2024-06-30\n",
            "GET /api/v1/predictions/DELTA/history?limit=5&timeframe=7d\n",
            "GET /api/v1/backtest/DELTA?timeframe=7d&from=2024-01-01&to=2024-02-01\n",
            "GET /api/v1/prices/DELTA?days=30\n",
            "GET /models/DELTA\n",
            "DELETE /models/DELTA/cache\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public long MaxAllocated => long.MaxValue;

    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        .. new[]
        {
            "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ":", ",", "null", "true", "-", "1e999", "1.", "\0", "\n", "🚀", "\"symbol\"",
            "\"timeframe\":",
            "\"asOf\":", "BTC", "9999-12-31", "0001-01-01", "2024-02-30", "%00", "%ff", "%2e%2e%2f", "//", "?", "&", "=", ";", "symbol=", "limit=-1",
            new string('9', 400), new string('[', 100), "\uFEFF", "$type", "PUT ", "PATCH ", "HEAD ", "OPTIONS ",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc3], [0xed, 0xa0, 0x80],
    ];

    public async ValueTask StartAsync()
    {
        var folder = new TestFolder().WithGolden(Golden.Delta);
        _service = await TestService.StartAsync(folder, ("Prices:Folder", folder.Prices), ("Logging:LogLevel:Default", "None"));
        _client = _service.CreateClient();
    }

    public async ValueTask<string> ReadAsync(byte[] input)
    {
        if (Request(input) is not { } request)
        {
            return "no request";
        }

        using (request)
        {
            using var response = await _client!.SendAsync(request);
            var (status, type) = ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType);
            // a server that is missing is not the request's fault
            Assert.True(status is (>= 200 and < 500) or 503 or 504, $"{status} for {request.Method} {request.RequestUri}");
            var text = await response.Content.ReadAsStringAsync();
            if (request.Method != HttpMethod.Head && type is ("application/json" or "application/problem+json"))
            {
                using var document = JsonDocument.Parse(text);
                Assert.True(status < 400 || document.RootElement.GetProperty("detail").GetString() is { Length: > 0 }, text);
            }

            return status < 400 ? $"{request.Method} {status}" : text;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }

    // What no client could send is no request, nor a zero in a path, which only a real server decodes: SocketTests of the gateway. Streams would not end.
    private static HttpRequestMessage? Request(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)'\n');
        var line = Encoding.Latin1.GetString(input, 0, end < 0 ? input.Length : end).Split(' ', 2);
        if (line.Length < 2 || line[0].Length == 0 || !line[0].All(char.IsAsciiLetterUpper) || !line[1].StartsWith('/') || line[0] is "CONNECT" or "TRACE"
            || line[1].Contains("stream", StringComparison.OrdinalIgnoreCase)
            || !Uri.TryCreate("http://localhost" + line[1], UriKind.Absolute, out var url) || url.AbsoluteUri.Contains("%00", StringComparison.Ordinal))
        {
            return null;
        }

        var request = new HttpRequestMessage(new HttpMethod(line[0]), url);
        if (end >= 0 && end + 1 < input.Length)
        {
            request.Content = new ByteArrayContent(input, end + 1, input.Length - end - 1);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return request;
    }
}
