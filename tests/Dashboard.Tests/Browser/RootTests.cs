using System.Net;
using System.Net.Http.Headers;

namespace Coinsphere.Messaging.Dashboard.Tests.Browser;

/// <summary>What an address answers to whom.</summary>
public sealed class RootTests(Chromium chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json, text/plain, */*", "application/json")]
    [InlineData("text/html;q=0, application/json", "application/json")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html")]
    public async Task Root_IsThePageForBrowsersOnly(string? accept, string type)
    {
        using var response = await GetAsync("", accept);
        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task Page_HasItsPolicyAndNoCookie()
    {
        using var response = await GetAsync("system", "text/html");
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Files_AreKeptForEver()
    {
        using var page = await GetAsync("system", "text/html");
        var html = await page.Content.ReadAsStringAsync(Stop);
        var files = System.Text.RegularExpressions.Regex.Matches(html, "(?:href|src)=\"(dashboard/[^\"]+)\"").Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(4, files.Length);
        foreach (var file in files)
        {
            using var response = await GetAsync(file, accept: null);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", response.Headers.GetValues("Cache-Control").Single());
        }
    }

    [Fact]
    public async Task UnknownSymbol_IsNotFoundAndText()
    {
        using var response = await GetAsync("symbols/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "text/html");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.DoesNotContain("<script>alert", await response.Content.ReadAsStringAsync(Stop), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? accept)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(chromium.Url, path));
        if (accept is not null)
        {
            request.Headers.Accept.ParseAdd(accept);
        }

        return await http.SendAsync(request, Stop);
    }
}
