using System.Diagnostics.Metrics;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>What becomes of predictions: outcomes, scheduled questions, alerts and their webhooks.</summary>
public static partial class Meters
{
    private static readonly Gauge<long> Scored = Meter.CreateGauge<long>(
        "coinsphere.outcomes.scored",
        "{prediction}",
        "Recorded predictions whose target date was in the last 90 days and whose outcome is known, by symbol and timeframe.");
    private static readonly Gauge<long> Right = Meter.CreateGauge<long>(
        "coinsphere.outcomes.right",
        "{prediction}",
        "Scored predictions whose direction was right.");
    private static readonly Gauge<long> BaseRateRight = Meter.CreateGauge<long>(
        "coinsphere.outcomes.base_rate_right",
        "{prediction}",
        "Scored predictions for which the direction that had been the most frequent until then was right.");
    private static readonly Gauge<long> WithRange = Meter.CreateGauge<long>(
        "coinsphere.outcomes.with_range",
        "{prediction}",
        "Scored predictions that stated a range.");
    private static readonly Gauge<long> InRange = Meter.CreateGauge<long>(
        "coinsphere.outcomes.in_range",
        "{prediction}",
        "Scored predictions whose close fell into the stated range.");
    private static readonly Gauge<double> InRangeExpected = Meter.CreateGauge<double>(
        "coinsphere.outcomes.in_range_expected",
        "{prediction}",
        "Scored predictions whose close should have fallen into the stated range: the sum of the ranges' levels.");
    private static readonly Counter<long> ScheduledQuestions = Meter.CreateCounter<long>(
        "coinsphere.schedule.questions",
        "{question}",
        "Questions that the schedule asked.");
    private static readonly Counter<long> ScheduledRefusals = Meter.CreateCounter<long>(
        "coinsphere.schedule.refusals",
        "{question}",
        "Questions of the schedule that were refused, by reason.");
    private static readonly Gauge<double> ScheduleDeadlines = Meter.CreateGauge<double>(
        "coinsphere.schedule.deadline",
        "s",
        "When the present or next scheduled run should be finished, in seconds since 1970 UTC, in the process that schedules.");
    private static readonly Counter<long> RaisedAlerts = Meter.CreateCounter<long>("coinsphere.alerts.raised", "{alert}", "Alerts raised, by condition.");
    private static readonly Counter<long> WebhookPosts = Meter.CreateCounter<long>(
        "coinsphere.webhooks.posts",
        "{post}",
        "Posts of alerts to webhooks, by result: delivered, failed and tried again later, or parked after the last try.");
    private static readonly Gauge<long> ParkedWebhooks = Meter.CreateGauge<long>(
        "coinsphere.webhooks.parked",
        "{alert}",
        "Alerts whose webhook did not take them, and that are not tried any more.");

    /// <summary>Whether the outcomes of predictions are collected.</summary>
    public static bool AreOutcomesWanted => Scored.Enabled;

    /// <summary>How the predictions of a symbol over a timeframe turned out.</summary>
    public static void Outcomes(string symbol, string timeframe, OutcomeCounts counts)
    {
        KeyValuePair<string, object?> ofSymbol = new("symbol", symbol), ofTimeframe = new("timeframe", timeframe);
        Scored.Record(counts.Scored, ofSymbol, ofTimeframe);
        Right.Record(counts.Right, ofSymbol, ofTimeframe);
        BaseRateRight.Record(counts.BaseRateRight, ofSymbol, ofTimeframe);
        WithRange.Record(counts.WithRange, ofSymbol, ofTimeframe);
        InRange.Record(counts.InRange, ofSymbol, ofTimeframe);
        InRangeExpected.Record(counts.InRangeExpected, ofSymbol, ofTimeframe);
    }

    /// <summary>The schedule asked questions.</summary>
    public static void ScheduledAsked(int questions) => ScheduledQuestions.Add(questions);

    /// <summary>A question of the schedule was refused.</summary>
    public static void ScheduledRefused(RefusalReason reason)
    {
        if (ScheduledRefusals.Enabled)
        {
            ScheduledRefusals.Add(1, new KeyValuePair<string, object?>("reason", TagOf(reason)));
        }
    }

    /// <summary>When the present or next scheduled run should be finished.</summary>
    public static void ScheduleDeadline(DateTimeOffset at) => ScheduleDeadlines.Record(at.ToUnixTimeSeconds());

    /// <summary>A rule raised an alert.</summary>
    public static void AlertRaised(string condition) => RaisedAlerts.Add(1, new KeyValuePair<string, object?>("condition", condition));

    /// <summary>An alert was posted to a webhook: <c>delivered</c>, <c>failed</c> or <c>parked</c>.</summary>
    public static void WebhookPosted(string result) => WebhookPosts.Add(1, new KeyValuePair<string, object?>("result", result));

    /// <summary>How many alerts are parked since their webhook did not take them.</summary>
    public static void WebhooksParked(long alerts) => ParkedWebhooks.Record(alerts);
}
