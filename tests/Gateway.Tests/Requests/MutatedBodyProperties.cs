using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Gateway.Tests.Requests;

/// <summary>Whatever a body holds, it is an answer or a refusal that says why.</summary>
public class MutatedBodyProperties(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private static readonly byte[] Valid = """{"symbol":"BTC","timeframe":"14d","asOf":"2024-02-29"}"""u8.ToArray();

    private static readonly byte[][] Tokens = new[]
    {
        "\"", "\\", "\\u0000", "\\ud800", "\\u", "{", "}", "[", "]", ":", ",", "null", "true", "-", "1e999", "0x", "1.", "\0", "\n", "\t", "\u2028", "🚀",
        "\"symbol\"", "\"timeframe\":", "\"asOf\":", "BTC", "btc", "POL", "7d", "9999-12-31", "0001-01-01", "2024-02-30", "/*", "//", " ",
        new string('9', 400), new string('[', 100), "\uFEFF", "__proto__", "$type", "{\"symbol\":", "\"ETH\"", "'", ";--",
    }.Select(Encoding.UTF8.GetBytes).Append([0xFF]).Append([0xC3]).Append([0xED, 0xA0, 0x80]).ToArray();

    private static readonly Gen<Mutation> Mutations =
        from at in Gen.Choose(0, Valid.Length)
        from removed in Gen.Frequency((3, Gen.Constant(0)), (3, Gen.Choose(0, 6)), (1, Gen.Choose(0, 40)))
        from added in Gen.OneOf(Gen.Elements(Tokens), Gen.Choose(0, 255).Select(value => new[] { (byte)value }), Gen.Constant(Array.Empty<byte>()))
        select new Mutation(at, removed, added);

    [Fact]
    public async Task MutatedBodies_AreAnAnswerOrA4xxProblemAndTheHostLives()
    {
        var client = gateway.Fresh();
        var seen = new Dictionary<HttpStatusCode, int>();
        // Away from the runner's own threads, for the property waits for each request.
        await Task.Run(() => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1_500),
            Prop.ForAll(Arb.From(Mutations.NonEmptyListOf()), async mutations =>
            {
                var body = Mutated(mutations);
                var content = new ByteArrayContent(body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var response = await client.SendAsync(HttpMethod.Post, "/predict", content);
                seen[response.StatusCode] = seen.GetValueOrDefault(response.StatusCode) + 1;
                await AssertHandledAsync(response);
            })), TestContext.Current.CancellationToken);

        // The property says little where one result is all there was.
        Assert.True(seen.GetValueOrDefault(HttpStatusCode.OK) > 10, string.Join(", ", seen));
        Assert.True(seen.GetValueOrDefault(HttpStatusCode.BadRequest) > 10, string.Join(", ", seen));
        Assert.True(seen.GetValueOrDefault(HttpStatusCode.UnprocessableEntity) > 10, string.Join(", ", seen));
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/predict", """{"symbol":"BTC"}""")).StatusCode);
    }

    private static async Task AssertHandledAsync(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.OK)
        {
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            var answer = await response.JsonAsync();
            Assert.Contains(answer.GetProperty("symbol").GetString(), SymbolCatalog.Default.Supported);
            Assert.Contains(answer.GetProperty("timeframe").GetString(), Timeframes.All);
            return;
        }

        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize(await response.TextAsync(), StrictJson.Problem)!;
        Assert.Equal((int)response.StatusCode, problem.Status);
        Assert.NotEmpty(problem.Detail);
    }

    private static byte[] Mutated(IEnumerable<Mutation> mutations)
    {
        var content = Valid.ToList();
        foreach (var mutation in mutations.Take(4))
        {
            var at = Math.Min(mutation.At, content.Count);
            content.RemoveRange(at, Math.Min(mutation.Removed, content.Count - at));
            content.InsertRange(at, mutation.Added);
        }

        return [.. content];
    }

    private sealed record Mutation(int At, int Removed, byte[] Added);
}
