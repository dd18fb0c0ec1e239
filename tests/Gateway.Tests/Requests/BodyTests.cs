using System.Net;
using System.Net.Http.Headers;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Requests;

public class BodyTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private const int MaxBytes = 65_536;

    private readonly HttpClient _client = gateway.Fresh();

    [Theory]
    [InlineData("/predict", "", "the body is empty")]
    [InlineData("/predict", "   ", "not valid JSON")]
    [InlineData("/predict", "null", "the body is null")]
    [InlineData("/predict", "[]", "the body must be a JSON object")]
    [InlineData("/predict", "\"BTC\"", "the body must be a JSON object")]
    [InlineData("/predict", "7", "the body must be a JSON object")]
    [InlineData("/predict", "{", "not valid JSON")]
    [InlineData("/predict", "{\"symbol\":\"BTC\"", "not valid JSON")]
    [InlineData("/predict", "{\"symbol\":\"BTC\"}}", "not valid JSON")]
    [InlineData("/predict", "{\"symbol\":\"BTC\" \"timeframe\":\"7d\"}", "not valid JSON at line 1, byte 17")]
    [InlineData("/predict", "{\"symbol\":BTC}", "symbol must be a text (line 1, byte 11")]
    [InlineData("/predict", "{'symbol':'BTC'}", "not valid JSON")]
    [InlineData("/predict", "{\"symbol\":\"BTC\",}", "not valid JSON")]
    [InlineData("/predict", "{}", "symbol is missing")]
    [InlineData("/predict", "{\"symbol\":null}", "symbol is missing")]
    [InlineData("/predict", "{\"SYMBOL\":\"BTC\"}", "symbol is missing")]
    [InlineData("/predict", "{\"symbol\":7}", "symbol must be a text (line 1, byte 1")]
    [InlineData("/predict", "{\"symbol\":\"\\ud800\"}", "symbol must be a text")]
    [InlineData("/predict", "{\n\"symbol\":[\"BTC\"]}", "symbol must be a text (line 2")]
    [InlineData("/predict", "{\"symbol\":\"BTC\",\"timeframe\":7}", "timeframe must be a text")]
    [InlineData("/predict", "{\"symbol\":\"BTC\",\"timeframe\":{}}", "timeframe must be a text")]
    [InlineData("/predict", "{\"symbol\":\"BTC\",\"asOf\":20250101}", "asOf must be a text")]
    [InlineData("/predict/ensemble", "{}", "symbol is missing")]
    [InlineData("/predict/ensemble", "{\"symbol\":\"BTC\",\"ensemble_method\":\"mean\"}", "ensemble_method must be one of")]
    [InlineData("/predict/ensemble", "{\"symbol\":\"BTC\",\"ensemble_method\":1}", "ensemble_method must be a text")]
    [InlineData("/predict/ensemble", "{\"symbol\":\"BTC\",\"min_confidence\":\"0.3\"}", "min_confidence must be a number")]
    [InlineData("/predict/ensemble", "{\"symbol\":\"BTC\",\"min_confidence\":1.01}", "min_confidence must be a number from 0 to 1, found 1.01")]
    [InlineData("/predict/ensemble", "{\"symbol\":\"BTC\",\"min_confidence\":1e999}", "min_confidence must be a number from 0 to 1")]
    [InlineData("/predict/ensemble", "{\"symbol\":\"BTC\",\"min_confidence\":NaN}", "min_confidence must be a number")]
    [InlineData("/risk-score", "{}", "symbol is missing")]
    [InlineData("/risk-score", "{\"symbol\":true}", "symbol must be a text")]
    [InlineData("/risk-score", "{\"symbol\":\"BTC\",\"portfolio_allocation\":\"half\"}", "portfolio_allocation must be a number")]
    [InlineData("/risk-score", "{\"symbol\":\"BTC\",\"portfolio_allocation\":-0.1}", "portfolio_allocation must be a number from 0 to 1, found -0.1")]
    [InlineData("/predict/batch", "{}", "1 to 200 symbols, found 0")]
    [InlineData("/predict/batch", "{\"symbols\":null}", "1 to 200 symbols, found 0")]
    [InlineData("/predict/batch", "{\"symbols\":\"BTC\"}", "symbols must be a list of texts")]
    [InlineData("/predict/batch", "{\"symbols\":[\"BTC\",7]}", "symbols[1] must be a text")]
    [InlineData("/predict/batch", "{\"symbols\":{\"a\":1}}", "symbols must be a list of texts")]
    [InlineData("/predict/batch", "{\"symbols\":[\"BTC\"],\"timeframe\":[]}", "timeframe must be a text")]
    [InlineData("/risk-score/batch", "{\"symbols\":[[]]}", "symbols[0] must be a text")]
    [InlineData("/risk-score/portfolio", "{}", "holdings is missing: expected a list such as ")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":[]}", "a portfolio has 1 to 50 holdings, found 0")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":\"BTC\"}", "holdings must be a list of JSON objects (line 1, byte 18")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":[\"BTC\"]}", "holdings[0] must be a JSON object")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":[null]}", "holdings[0] is null")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":[{\"symbol\":7}]}", "holdings[0].symbol must be a text")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":[{\"symbol\":\"BTC\"}]}", "holdings[0].weight is missing")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":[{\"symbol\":\"BTC\",\"weight\":\"1\"}]}", "holdings[0].weight must be a number (line 1")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":[{\"symbol\":\"BTC\",\"weight\":NaN}]}", "holdings[0].weight must be a number")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":[{\"symbol\":\"BTC\",\"weight\":1e400}]}", "holdings[0].weight must be a number above 0")]
    [InlineData("/risk-score/portfolio", "{\"holdings\":[{\"symbol\":\"BTC\",\"weight\":0.9}]}", "must add up to 1")]
    [InlineData(
        "/risk-score/portfolio",
        "{\"holdings\":[{\"symbol\":\"MATIC\",\"weight\":0.5},{\"symbol\":\"POL\",\"weight\":0.5}]}",
        "are both MATIC, as MATIC and POL")]
    public async Task WrongBody_IsRefusedNamingTheField(string path, string json, string detail)
    {
        var problem = await (await _client.PostAsync(path, json)).ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Fact]
    public async Task DeeplyNestedBody_IsRefused()
    {
        var nested = string.Concat(Enumerable.Repeat("[", 30_000));
        foreach (var field in new[] { "symbol", "unknown" })
        {
            var response = await _client.PostAsync("/predict", $$"""{"{{field}}":{{nested}}""");
            await response.ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
        }
    }

    [Fact]
    public async Task BrokenUtf8_IsRefused()
    {
        byte[][] bodies = [[.. """{"symbol":"B"""u8, 0xFF, .. "\"}"u8], [.. "{\""u8, 0xC3, .. "\":1}"u8], [0xFF, 0xFE, 0x7B, 0x00]];
        foreach (var body in bodies)
        {
            await (await PostAsync(body, "application/json")).ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
        }
    }

    [Fact]
    public async Task UnknownFields_AreIgnored()
    {
        var response = await _client.PostAsync("/predict", """{"more":{"a":[1,{"b":null}]},"symbol":"btc","explain":true,"timeframe":null}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var asked = Assert.IsType<PredictRequested>(Assert.Single(gateway.Worker.Asked));
        Assert.Equal(("BTC", "7d"), (asked.Symbol, asked.Timeframe));
    }

    [Fact]
    public async Task BodyOfTheLargestSize_IsRead()
    {
        var response = await _client.PostAsync("/predict", """{"symbol":"BTC"}""".PadRight(MaxBytes));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("/predict")]
    [InlineData("/predict/ensemble")]
    [InlineData("/predict/batch")]
    [InlineData("/risk-score")]
    [InlineData("/risk-score/batch")]
    public async Task LargerBody_IsTooLarge(string path)
    {
        var response = await _client.PostAsync(path, """{"symbol":"BTC"}""".PadRight(MaxBytes + 1));
        var problem = await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, RefusalReason.RequestTooLarge);
        Assert.Contains("65536 bytes", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    public async Task OtherContentType_IsUnsupported(string type)
    {
        var response = await PostAsync("""{"symbol":"BTC"}"""u8.ToArray(), type);
        var problem = await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType, RefusalReason.InvalidRequest);
        Assert.Contains("application/json", problem.Detail, StringComparison.Ordinal);
        Assert.Contains(type, problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("APPLICATION/JSON")]
    public async Task JsonContentType_IsRead(string type) =>
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("""{"symbol":"BTC"}"""u8.ToArray(), type)).StatusCode);

    [Theory]
    [InlineData("application/json; charset=ISO-8859-1")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    public async Task CharsetWhoseAsciiIsThatOfUtf8_IsRead(string type) =>
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("""{"symbol":"BTC"}"""u8.ToArray(), type)).StatusCode);

    [Theory]
    [InlineData("application/json; charset=utf-16", "", "charset 'utf-16': expected JSON in UTF-8")]
    [InlineData("application/json", "gzip", "Content-Encoding 'gzip': expected JSON that is not compressed")]
    [InlineData("application/json", "br", "Content-Encoding 'br'")]
    public async Task EncodedBody_IsUnsupportedByName(string type, string encoding, string detail)
    {
        var content = new ByteArrayContent([0x1F, 0x8B, 8, 0, 0, 0]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding.Length > 0)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        var response = await _client.SendAsync(HttpMethod.Post, "/predict", content);
        var problem = await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType, RefusalReason.InvalidRequest);
        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
        Assert.Equal("Unsupported media type", problem.Title);
    }

    [Fact]
    public async Task ByteOrderMark_IsSkipped() =>
        Assert.Equal(HttpStatusCode.OK, (await PostAsync([0xEF, 0xBB, 0xBF, .. """{"symbol":"BTC"}"""u8], "application/json")).StatusCode);

    private Task<HttpResponseMessage> PostAsync(byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return _client.SendAsync(HttpMethod.Post, "/predict", content);
    }
}
