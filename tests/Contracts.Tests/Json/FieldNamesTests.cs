using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Contracts.Tests.Json;

public class FieldNamesTests
{
    private static readonly string[] Known = ["symbol", "asOf", "as_of", "min_confidence"];

    private static readonly JsonTypeInfo Request =
        new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() }.GetTypeInfo(typeof(PredictRequested));

    [Theory]
    [InlineData("asof", "asOf")]
    [InlineData("AS-OF", "asOf")]
    [InlineData("as__of", "asOf")]
    [InlineData("asOfDate", "asOf")]
    [InlineData("as-of-date", "asOf")]
    [InlineData("Symbol", "symbol")]
    [InlineData("minConfidence", "min_confidence")]
    [InlineData("confidence", null)]
    [InlineData("symbols", null)]
    [InlineData("date", null)]
    [InlineData("", null)]
    public void Misspelt_MeansTheFieldItDiffersFromOnlyByCaseOrMarks(string unknown, string? meant) =>
        Assert.Equal(meant, FieldNames.Meant(unknown, Known));

    [Fact]
    public void NameThatBeginsWithAsOf_MeansNothingWhereThereIsNoSuchField() => Assert.Null(FieldNames.Meant("asOfDate", ["symbol"]));

    [Theory]
    [InlineData("""{"symbol":"BTC","as-of":"2024-06-30"}""", "asOf is missing: found 'as-of', write asOf")]
    [InlineData("""{"as-of":1,"asOf":"2024-06-30"}""", "'as-of' is another spelling of asOf, which is given too: leave it out")]
    [InlineData("""{"\ud800":1,"as-of":1,"asOf":"2024-06-30"}""", "'as-of' is another spelling of asOf, which is given too: leave it out")]
    [InlineData("""{"symbol":"BTC","more":{"as-of":1}}""", null)]
    [InlineData("""{"symbol":"BTC","as_of":"2024-06-30"}""", null)]
    public void Misspelling_IsFoundInABody(string body, string? expected) =>
        Assert.Equal(expected, JsonBody.FindMisspelling(Encoding.UTF8.GetBytes(body), Request));

    [Fact]
    public void UnknownFields_AreThoseThatTheTypeHasNot_WhateverTheirValues() => Prop.ForAll(
        ArbMap.Default.ArbFor<(NonNull<string> Name, int Value)[]>(),
        fields =>
        {
            var names = fields.Select(field => field.Name.Get).Where(name => !name.Any(char.IsSurrogate)).ToArray();
            string[] values = ["1", "[{}]", "null"];
            var written = string.Join(',', names.Select((name, i) => $"{JsonSerializer.Serialize(name)}:{values[i % values.Length]}"));
            var body = Encoding.UTF8.GetBytes($"{{{written}{(names.Length > 0 ? "," : "")}\"symbol\":\"BTC\"}}");
            string[] known = [.. Request.Properties.Select(property => property.Name)];
            Assert.Equal(names.Except(known).Order(StringComparer.Ordinal), JsonBody.UnknownFields(body, Request).Distinct().Order(StringComparer.Ordinal));
        }).QuickCheckThrowOnFailure();
}
