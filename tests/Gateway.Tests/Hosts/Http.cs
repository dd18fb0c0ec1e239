using System.Net;
using System.Text;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Problems;

namespace Coinsphere.Messaging.Gateway.Tests.Hosts;

/// <summary>What tests say to the gateway and check of every problem.</summary>
internal static class Http
{
    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, string json, params (string Name, string Value)[] headers) =>
        client.SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"), headers);

    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client, HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static Task<string> TextAsync(this HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.TextAsync());
        return document.RootElement.Clone();
    }

    public static string Header(this HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    /// <summary>The problem of a response that is one in every part.</summary>
    public static async Task<ProblemBody> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status, RefusalReason reason)
    {
        var text = await response.TextAsync();
        Assert.True(status == response.StatusCode, $"expected {status}, found {response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var body = JsonSerializer.Deserialize(text, StrictJson.Problem)!;
        Assert.Equal("about:blank", body.Type);
        Assert.NotEmpty(body.Title);
        Assert.Equal((int)status, body.Status);
        Assert.Equal(reason, body.Reason);
        Assert.NotEmpty(body.Detail);
        Assert.Equal(response.Header("X-Request-Id"), body.RequestId);
        var passes = status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests
            && reason is not (RefusalReason.CheckpointRejected or RefusalReason.PricesRejected);
        Assert.Equal(passes, response.Headers.RetryAfter is not null);
        return body;
    }
}
